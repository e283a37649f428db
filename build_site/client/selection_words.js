// The selection in words: for the bar on top of a page, and for what is saved from it.
"use strict";

(() => {
  const { format } = hyperatlas;

  const SHORT = { percentile: "Percentile", relative: "Relative performance" };

  // One part for each thing that was chosen: its words, and the selection without it.
  function parts(study, chosen) {
    return [...datasetParts(study, chosen), ...rangeParts(study, chosen), ...valueParts(study, chosen)];
  }

  function datasetParts(study, chosen) {
    return chosen.datasets.map((name) => ({
      label: study.datasets.find((dataset) => dataset.name === name).label,
      without: { datasets: chosen.datasets.filter((other) => other !== name) },
    }));
  }

  function rangeParts(study, chosen) {
    if (chosen.from === null && chosen.to === null) return [];
    return [{ label: range(study, chosen), without: { from: null, to: null } }];
  }

  function valueParts(study, chosen) {
    return [...chosen.values].flatMap(([name, keys]) => {
      const parameter = study.parameters.find((candidate) => candidate.name === name);
      return keys.map((key) => ({
        label: `${parameter.label}: ${parameter.levels.find((level) => level.key === key).label}`,
        without: { values: new Map(chosen.values).set(name, keys.filter((other) => other !== key)) },
      }));
    });
  }

  // "Top 10 %", "Bottom half", "Test accuracy 80 % to 90 %", "Percentile from 30 %".
  function range(study, { metric, from, to }) {
    if (metric === "percentile") {
      if ((to === null || to === 1) && from >= 0.5) return `Top ${format.bound(1 - from, true)}`;
      if ((from === null || from === 0) && to !== null && to <= 0.5) return `Bottom ${format.bound(to, true)}`;
    }
    const isShare = format.isShare(study, metric);
    const name = SHORT[metric] ?? study.metricLabel;
    if (to === null) return `${name} from ${format.bound(from, isShare)}`;
    if (from === null) return `${name} up to ${format.bound(to, isShare)}`;
    return `${name} ${format.bound(from, isShare)} to ${format.bound(to, isShare)}`;
  }

  // "128 of 640 runs: MNIST · Top 10 % · Optimizer: Adam".
  function sentence(study, chosen, count) {
    const labels = parts(study, chosen).map((part) => part.label);
    const counts = `${format.count(count)} of ${format.allRuns(study)}`;
    return labels.length === 0 ? counts : `${counts}: ${labels.join(" · ")}`;
  }

  hyperatlas.selectionWords = { parts, sentence };
})();
