// What the address says about the advisor: a goal, and for each parameter whether it is free, fixed to
// a value, or free but for some values.
//
//   #v.goal=on:mnist&v.fix.batch_size=64&v.not.optimizer=["adam"]
"use strict";

(() => {
  const { advice, parts, study } = hyperatlas;
  const part = parts.advice;
  const datasets = study.datasets.length;

  // How many runs have each level of each parameter.
  const runs = study.parameters.map((parameter) => {
    const counted = parameter.levels.map(() => 0);
    for (const level of study.columns[`level:${parameter.name}`]) counted[level] += 1;
    return counted;
  });

  // The levels of parameter i that a reader can choose: those that occur.
  const offered = (i) => study.parameters[i].levels.flatMap((level, place) =>
    level.key !== "" && runs[i][place] > 0 ? [place] : []);

  // Every goal as { key, label, weights, dataset }; the first is that of a page without an address.
  function goals() {
    const several = datasets > 1;
    const known = study.datasets.map(({ name, label }, d) => (
      { key: `on:${name}`, label, ...advice.only(d, datasets), dataset: d }));
    if (!several) return known;
    const similar = study.datasets.flatMap(({ name, label }, d) => (part.similar[d]
      ? [{ key: `like:${name}`, label: `A new data set, about as difficult as ${label}`, weights: part.similar[d] }] : []));
    return [
      { key: "robust", label: "All: least worst regret", weights: null },
      ...known,
      { key: "new", label: "A new data set like these", weights: study.datasets.map(() => 1 / datasets) },
      ...similar,
    ];
  }

  const all = part.enough ? goals() : [];

  function excluded(text, i) {
    let keys;
    try {
      keys = JSON.parse(text);
    } catch {
      return [];
    }
    return Array.isArray(keys) ? offered(i).filter((place) => keys.includes(study.parameters[i].levels[place].key)) : [];
  }

  // { goal, controls: [{ mode, fixed, excluded }], allowed: [[level]] } of a selection's `view`.
  function read({ view }) {
    const goal = all.find(({ key }) => key === view.goal) ?? all[0];
    const controls = study.parameters.map((parameter, i) => {
      const key = view[`fix.${parameter.name}`];
      const fixed = offered(i).find((place) => parameter.levels[place].key === key);
      const left = part.usable[i];
      const out = excluded(view[`not.${parameter.name}`] ?? "[]", i);
      const some = left.some((place) => !out.includes(place));
      if (fixed !== undefined) return { mode: "fixed", fixed, excluded: [] };
      return out.length > 0 && some ? { mode: "excluded", excluded: out } : { mode: "free", excluded: [] };
    });
    const allowed = controls.map(({ mode, fixed, excluded: out }, i) => (mode === "fixed"
      ? [fixed] : part.usable[i].filter((place) => !out.includes(place))));
    return { goal, controls, allowed };
  }

  // Changes of the `view` that make a control what it should be.
  function fixing(i, level) {
    const { name, levels } = study.parameters[i];
    return { [`fix.${name}`]: levels[level].key, [`not.${name}`]: "" };
  }

  function freeing(i, without = []) {
    const { name, levels } = study.parameters[i];
    const keys = without.map((place) => levels[place].key);
    return { [`fix.${name}`]: "", [`not.${name}`]: keys.length > 0 ? JSON.stringify(keys) : "" };
  }

  hyperatlas.advisorState = { fixing, freeing, goals: all, offered, read, runs };
})();
