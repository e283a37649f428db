// Numbers and words as a reader sees them.
"use strict";

(() => {
  // "13,000". Intl.NumberFormat does the same, and makes each page wait for a language's rules.
  const count = (n) => String(n).replaceAll(/\B(?=(\d{3})+$)/g, ",");

  // What single precision keeps of a decimal number. As the double that it is read as, 0.8645 is
  // 0.86449998…, and would be rounded to 86.4 %.
  const DIGITS = 7;

  // A share of 1 as "98.5 %", half up; as `percent` in rendering.py.
  function percent(share) {
    const tenths = Number((share * 1000).toPrecision(DIGITS));
    return `${(Math.floor(tenths + 0.5) / 10).toFixed(1)}\u00a0%`;
  }

  // A share of 1 as a percentage, another metric with four digits; a missing one as a dash.
  function metric(value, isShare) {
    if (value === undefined || value === null || Number.isNaN(value)) return "–";
    return isShare ? percent(value) : String(Number(value.toPrecision(4)));
  }

  // The names of the three ways to measure performance.
  function metricNames(study) {
    return {
      raw: study.metricLabel,
      percentile: "Percentile within data set",
      relative: "Relative: 0 % guessing, 100 % best run",
    };
  }

  // A bound of a performance range: a share as a percentage without zeros at its end.
  function bound(value, isShare) {
    return isShare ? `${Number((value * 100).toPrecision(4))}\u00a0%` : metric(value, false);
  }

  const isShare = (study, name) => name !== "raw" || study.isShare;

  hyperatlas.format = {
    bound, count, isShare, metric, metricNames, percent,
  };
})();
