// What the advisor answers to a state: numbers only; advisor.js shows them.
"use strict";

(() => {
  const { advice, parts, study } = hyperatlas;
  const part = parts.advice;
  const model = part.enough ? advice.prepare(part, study) : null;
  const datasets = study.datasets.length;
  const accuracies = study.datasets.map((_, d) => remembered(() => advice.accuracyAt(study, d)));

  function remembered(make) {
    let made;
    return () => (made ??= make());
  }

  // The metric of runs at a percentile and at the ends of its interval, on a data set.
  function accuracy(expected, dataset) {
    const at = accuracies[dataset]();
    return { value: at(expected.value), low: at(expected.low), high: at(expected.high) };
  }

  // { configuration, expected, runs, perDataset, parameters, usual }; null if what is allowed excludes
  // each other.
  function answer({ goal, allowed }) {
    const { best, values } = model.find(goal, allowed);
    if (!model.possible(best.configuration)) return null;
    return {
      configuration: best.configuration,
      expected: model.expected(best.configuration, goal),
      runs: exactly(best.configuration),
      perDataset: study.datasets.map((_, d) => onDataset(d, best.configuration, allowed)),
      parameters: values.flatMap((choices, i) => (
        choices.filter(Boolean).length > 1 ? [parameter(i, choices, best, goal)] : [])),
      usual: usual(best.configuration, goal),
    };
  }

  // How many runs have exactly this configuration.
  function exactly(configuration) {
    const columns = study.parameters.map(({ name }) => study.columns[`level:${name}`]);
    let count = 0;
    for (let run = 0; run < study.runs; run++) {
      if (columns.every((levels, i) => levels[run] === configuration[i])) count += 1;
    }
    return count;
  }

  // What the choice is worth on one data set, and what is lost to the best there.
  function onDataset(d, configuration, allowed) {
    const goal = advice.only(d, datasets);
    const own = model.find(goal, allowed).best.configuration;
    const expected = model.expected(configuration, goal);
    return {
      expected,
      accuracy: accuracy(expected, d),
      own,
      ownExpected: model.expected(own, goal),
      cost: model.difference(own, configuration, goal),
    };
  }

  // The values of one parameter, the best first, each with the best of the rest.
  function parameter(i, choices, best, goal) {
    const ranked = choices.flatMap((choice, level) => (choice ? [{ choice, level }] : []))
      .sort((a, b) => b.choice.score - a.choice.score || a.level - b.level)
      .map(({ choice, level }) => {
        const isBest = level === best.configuration[i];
        const expected = model.expected(choice.configuration, goal);
        return {
          level,
          expected,
          accuracy: goal.dataset === undefined ? null : accuracy(expected, goal.dataset),
          loss: isBest ? null : model.difference(best.configuration, choice.configuration, goal),
        };
      });
    ranked.sort((a, b) => Number(b.loss === null) - Number(a.loss === null)); // among equals too
    return { i, ranked, verdict: verdict(ranked) };
  }

  // As Stake in evidence/recommendation.py.
  function verdict(ranked) {
    const losses = ranked.flatMap(({ loss }) => loss ?? []);
    if (losses.some(({ low }) => low > 0)) return "matters";
    return losses.every(({ high }) => high < part.small) ? "hardly matters" : "not clear";
  }

  // What the usual values lose, with the best of the others; null if the study has none.
  function usual(configuration, goal) {
    if (part.usual.every((level) => level === null)) return null;
    const tried = model.find(goal, part.usual.map((level, i) => (level === null ? part.usable[i] : [level])))
      .best.configuration;
    return model.possible(tried) ? {
      configuration: tried,
      expected: model.expected(tried, goal),
      loss: model.difference(configuration, tried, goal),
    } : null;
  }

  hyperatlas.advisorAnswers = { answer, model };
})();
