// The comparison of a parameter's values: overall, and in one group of panels for every other
// parameter and for the data set, the group with the strongest interaction first.
"use strict";

(() => {
  const { cells, statistics } = hyperatlas;
  const CHANCE = 0.05;

  // The data set and every parameter, as axes of a table of cells.
  function axes(study) {
    const labels = (levels) => levels.map(({ label }) => label);
    return [
      { key: "dataset", name: "dataset", label: "Data set", levels: labels(study.datasets) },
      ...study.parameters.map((parameter) => ({
        key: `p.${parameter.name}`,
        name: `level:${parameter.name}`,
        label: parameter.label,
        levels: labels(parameter.levels),
      })),
    ].map((axis) => ({ ...axis, size: axis.levels.length }));
  }

  // The axes that a parameter is compared along: all others. A single data set tells nothing, and is
  // one only where there is no other.
  function telling([datasets, ...parameters], parameter) {
    const others = parameters.filter((_, place) => place !== parameter);
    return datasets.size > 1 || others.length === 0 ? [datasets, ...others] : others;
  }

  // options: { parameter (its place), statistic, measure, facet, keys (of the panels; null: all),
  // pair (places of the two values that are contrasted; null: the best two) }.
  function compare(study, mask, options) {
    const all = axes(study);
    const subject = all[options.parameter + 1];
    const others = telling(all, options.parameter)
      .filter((axis) => options.keys === null || options.keys.includes(axis.key));
    const sample = cells.sampled(study, mask, options);
    const overall = cells.tabulate(sample, [subject]);
    const ranking = ranked(overall, lowerIsBetter(study, options));
    // Of a pair that is asked for, the values that no run has: then the best two are contrasted.
    const absent = (options.pair ?? []).filter((place) => overall[place].n === 0);
    const pair = options.pair && absent.length === 0 ? options.pair : ranking.slice(0, 2);
    const groups = pair.length < 2 ? [] : others.map((axis) =>
      group(sample, subject, axis, pair, options.facet ? all[0] : null));
    return {
      subject, overall, ranking, pair, absent, groups: byInteraction(groups),
      matters: statistics.heterogeneity(overall),
    };
  }

  const lowerIsBetter = (study, { statistic, measure }) =>
    statistic !== "share" && measure === "raw" && study.direction === "minimize";

  // The places of the values that occur, the best first; those of too few runs come last.
  function ranked(overall, ascending) {
    const few = (place) => Number(overall[place].n < statistics.FEWEST);
    const sign = ascending ? 1 : -1;
    return [...overall.keys()].filter((place) => overall[place].n > 0).sort((a, b) =>
      few(a) - few(b) || sign * (overall[a].value - overall[b].value));
  }

  function group(sample, subject, axis, pair, datasets) {
    const whole = panel(cells.tabulate(sample, [axis, subject]), subject, axis, pair, axis.label);
    const split = datasets && axis !== datasets;
    const flat = split ? cells.tabulate(sample, [datasets, axis, subject]) : [];
    const size = axis.size * subject.size;
    return {
      key: axis.key,
      label: axis.label,
      ...statistics.heterogeneity(whole.contrasts),
      panels: split
        ? datasets.levels.map((label, place) => {
          const part = flat.slice(place * size, (place + 1) * size);
          return { ...panel(part, subject, axis, pair, axis.label), dataset: label };
        })
        : [whole],
    };
  }

  // One panel: estimates[value of the axis][value of the parameter], and a contrast at each value.
  // A value of the axis that no run has is left out.
  function panel(flat, subject, axis, [first, second], label) {
    const rows = axis.levels
      .map((level, place) => ({
        level, estimates: flat.slice(place * subject.size, (place + 1) * subject.size),
      }))
      .filter(({ estimates }) => estimates.some(({ n }) => n > 0));
    return {
      label,
      dataset: null,
      levels: rows.map(({ level }) => level),
      estimates: rows.map(({ estimates }) => estimates),
      contrasts: rows.map(({ estimates }) =>
        statistics.difference(estimates[first], estimates[second])),
    };
  }

  // First the groups whose contrast varies beyond chance (p < 0.05 shared among them all, after
  // Bonferroni), those where it varies most in front; then the others by p.
  function byInteraction(groups) {
    const tests = groups.filter(({ df }) => df > 0).length;
    const marked = groups.map((each) => ({ ...each, beyondChance: each.p * tests < CHANCE }));
    const p = (each) => (Number.isNaN(each.p) ? 2 : each.p);
    return marked.sort((a, b) => {
      if (a.beyondChance !== b.beyondChance) return a.beyondChance ? -1 : 1;
      return a.beyondChance ? b.tau - a.tau : p(a) - p(b);
    });
  }

  hyperatlas.comparison = { axes, telling, compare, CHANCE };
})();
