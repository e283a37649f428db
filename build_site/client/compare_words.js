// Numbers of a comparison in words: the verdict, and what hovers and stands in the table.
"use strict";

(() => {
  const { comparison, format, statistics } = hyperatlas;
  const STATISTICS = { mean: "mean", median: "median", share: "share in the top tenth" };

  // The words of one way to look: { y, value, difference, interval, estimate, … }.
  function vocabulary(study, { statistic, measure }) {
    const isShare = statistic === "share" || format.isShare(study, measure);
    const measures = { raw: study.metricLabel, percentile: "percentile", relative: "relative value" };
    const name = statistic === "share" ? STATISTICS.share : `${statistic} ${measures[measure]}`;
    const value = (number) => signed(format.metric(number, isShare));
    const points = (number) => (isShare ? hundredths(number) : short(number));
    const plain = (number) => (isShare ? value(number).replace(/\u00a0%$/, "") : value(number));
    const unit = isShare ? " points" : "";
    const between = (text) => ({ low, high }) =>
      (Number.isNaN(low) ? "[too few runs]" : `[${text(low)}, ${text(high)}]`);
    return {
      name,
      y: `${name}${isShare ? ", %" : ""}`,
      unit,
      value,
      tick: (number) => (isShare ? tickOf(number * 100) : tickOf(number)),
      interval: between(plain),
      difference: (number) => (Number.isNaN(number) ? "–" : `${signed(points(number))}${unit}`),
      differenceInterval: between((number) => signed(points(number))),
    };
  }

  // One decimal, or two where 0.0 would hide on which side of 0 a number is.
  function hundredths(number) {
    const size = Math.abs(number * 100);
    return (number * 100).toFixed(size >= 0.005 && size < 0.05 ? 2 : 1);
  }

  const short = (number) => String(Number(number.toPrecision(3)));
  const tickOf = (number) => signed(String(Number(number.toPrecision(6))));
  const signed = (text) => text.replace(/^-(?=[\d.]*[1-9])/, "−").replace(/^-/, "");

  function chance(p) {
    if (p < 0.001) return "p < 0.001";
    return `p = ${p.toFixed(p < 0.1 ? 3 : 2)}`;
  }

  const runs = (n) => `n = ${format.count(n)}`;

  // What the selection says about the parameter: { headline, details }.
  function verdict(study, compared, words) {
    const { subject, overall, ranking, matters } = compared;
    const label = subject.label;
    if (ranking.length === 0) return { headline: `No ${format.aRun(study)} to compare.`, details: "" };
    if (ranking.length === 1) {
      const only = subject.levels[ranking[0]];
      return { headline: `Nothing to compare: ${label} is ${only} in all these runs.`, details: "" };
    }
    const enough = ranking.filter((place) => overall[place].n >= statistics.FEWEST);
    if (enough.length < 2) {
      const details = `A verdict needs ${statistics.FEWEST} runs of at least two values.`;
      return { headline: `Too few runs to compare values of ${label}.`, details };
    }
    const sure = isSure(overall, enough, matters);
    const details = [...standing(compared, enough, words, sure), dependence(compared)];
    return {
      headline: headline(label, enough.length, matters, sure),
      details: details.filter(Boolean).join(" "),
    };
  }

  // Whether values differ: of two, by the interval of their difference; of more, by the test of all,
  // because the best and the worst of many lie apart by chance too.
  function isSure(overall, enough, { p }) {
    if (enough.length > 2) return p < comparison.CHANCE;
    const [best, second] = enough.map((place) => overall[place]);
    return statistics.side(statistics.difference(best, second)) !== "unclear";
  }

  function headline(label, count, { p }, sure) {
    if (Number.isNaN(p) && !sure) return `${label}: these runs do not vary enough to tell.`;
    const test = count > 2 ? ` (${chance(p)})` : "";
    return sure
      ? `${label} matters: its values differ beyond chance${test}.`
      : `${label} makes no difference that these runs can show${test}.`;
  }

  // The best value against the second and the worst.
  function standing({ subject, overall }, enough, words, sure) {
    const [best, second] = enough;
    const worst = enough.at(-1);
    const name = (place) => subject.levels[place];
    const top = overall[best];
    const sentences = [
      `The best value is ${name(best)}, with a ${words.name} of ${words.value(top.value)} `
      + `${words.interval(top)} (${runs(top.n)}).`,
    ];
    const against = (place) => {
      const apart = statistics.difference(top, overall[place]);
      const clear = {
        unclear: "the two cannot be told apart",
        picked: `no more than the best and the worst of ${enough.length} may differ by chance`,
      }[statistics.side(apart) !== "unclear" && !sure ? "picked" : statistics.side(apart)]
        ?? "beyond chance if these two alone are compared";
      return `${words.difference(apart.value)} ${words.differenceInterval(apart)}, ${clear}`;
    };
    if (worst !== second) {
      sentences.push(`From the worst, ${name(worst)} (${runs(overall[worst].n)}), it differs by `
        + `${against(worst)}.`);
    }
    sentences.push(`From ${worst === second ? "" : "the second, "}${name(second)} `
      + `(${runs(overall[second].n)}), it differs by ${against(second)}.`);
    return sentences;
  }

  // With what the contrast that is shown interacts most.
  function dependence({ subject, pair, groups }) {
    const tested = groups.filter(({ df }) => df > 0);
    if (tested.length === 0) return "";
    const [first, second] = pair.map((place) => subject.levels[place]);
    const [most] = tested;
    const opening = `The difference between ${first} and ${second}`;
    if (tested.length === 1) {
      const how = most.beyondChance ? "varies" : "does not vary";
      return `${opening} ${how} with ${most.label} beyond chance (${chance(most.p)}).`;
    }
    return most.beyondChance
      ? `${opening} varies most with ${most.label}, beyond chance (${chance(most.p)}).`
      : `${opening} varies with nothing beyond chance; closest to it is ${most.label} `
        + `(${chance(most.p)}, the smallest of ${tested.length} looked at).`;
  }

  // What each mark says when it is pointed at, and the row of the table that says the same.
  function tips({ subject, pair }, words) {
    const [first, second] = pair.map((place) => subject.levels[place]);
    const where = (panel, place) => [
      `${panel.label}: ${panel.levels[place]}`, ...(panel.dataset === null ? [] : [panel.dataset]),
    ].join(", ");
    return {
      y: words.y,
      value: words.tick,
      difference: words.tick,
      contrast: `${first} − ${second}${words.unit && ", points"}`,
      varies: (group) => (group.df > 0 ? `; varies: ${chance(group.p)}` : ""),
      tip: (panel, place, { label }, estimate) => ({
        what: `${label}; ${where(panel, place)}`,
        text: `${words.name} ${words.value(estimate.value)}`,
        interval: words.interval(estimate),
        n: format.count(estimate.n),
      }),
      contrastTip: (panel, place, contrast) => ({
        what: `${first} − ${second}; ${where(panel, place)}`,
        text: words.difference(contrast.value),
        interval: words.differenceInterval(contrast),
        n: pair.map((value) => format.count(panel.estimates[place][value].n)).join(" and "),
      }),
    };
  }

  hyperatlas.compareWords = { vocabulary, verdict, tips };
})();
