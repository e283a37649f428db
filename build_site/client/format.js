// Numbers and words as a reader sees them.
"use strict";

(() => {
  const count = new Intl.NumberFormat("en");

  // A share of 1 as "98.5 %", another metric with four digits; a missing one as a dash.
  function metric(value, isShare) {
    if (value === undefined || Number.isNaN(value)) return "–";
    return isShare ? `${(value * 100).toFixed(1)}\u00a0%` : String(Number(value.toPrecision(4)));
  }

  // The names of the three ways to measure performance.
  function metricNames(study) {
    return {
      raw: study.metricLabel,
      percentile: "Percentile within data set",
      relative: "Relative: 0 % guessing, 100 % best run",
    };
  }

  const isShare = (study, name) => name !== "raw" || study.isShare;

  hyperatlas.format = { count: (n) => count.format(n), metric, metricNames, isShare };
})();
