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

  // The names of the ways to measure performance: relative values are not known of every study.
  function metricNames(study) {
    return {
      raw: study.metricLabel,
      percentile: study.datasets.length > 1 ? "Percentile within data set" : "Percentile",
      ...(study.hasRelative ? { relative: "Relative: 0 % guessing, 100 % best run" } : {}),
    };
  }

  // What a plot calls the ticks that it places between two ends about `count` of, for BokehJS'
  // NumeralTickFormatter: all with as many digits as their distance takes.
  function ticks(low, high, isShare, count = 6) {
    const scale = isShare ? 100 : 1;
    const digits = Math.min(10, Math.max(0, -Math.floor(Math.log10(tickDistance(low, high, count) * scale) + 1e-9)));
    return `0${digits > 0 ? `.${"0".repeat(digits)}` : ""}${isShare ? " %" : ""}`;
  }

  // As BokehJS' BasicTicker chooses it: that of 1, 2 or 5 times a power of ten which makes the number
  // of ticks the nearest.
  function tickDistance(low, high, count) {
    const wanted = (high - low) / count;
    if (!(wanted > 0) || !Number.isFinite(wanted)) return 1;
    const power = 10 ** Math.floor(Math.log10(wanted));
    const distances = [0.5, 1, 2, 5, 10].map((mantissa) => mantissa * power);
    const off = (distance) => Math.abs(count - (high - low) / distance);
    return distances.reduce((best, each) => (off(each) < off(best) ? each : best));
  }

  // A bound of a performance range: a share as a percentage without zeros at its end.
  function bound(value, isShare) {
    return isShare ? `${Number((value * 100).toPrecision(4))}\u00a0%` : metric(value, false);
  }

  // "1 run", "12 runs".
  const runs = (n) => `${count(n)} ${n === 1 ? "run" : "runs"}`;

  // All runs that the page has, or so many of these: "640 runs", "2,000,000 sampled runs".
  const allRuns = (study, n = study.runs) =>
    (study.sampledFrom ? runs(n).replace(" ", " sampled ") : runs(n));

  // What there is none of, where the page has none: of a sample, the study may have some.
  const aRun = (study) => (study.sampledFrom ? "sampled run" : "run");

  // A number of a hyper-parameter: a whole one as it is, any other with three digits; as Factor.show
  // in levels.py.
  const setting = (value) => String(Number.isInteger(value) ? value : Number(value.toPrecision(3)));

  // A label within a sentence: "batch size" for "Batch size", but "L2 norm" and "ReLU" as they are;
  // as `spoken` in answers/words.py.
  function spoken(label) {
    const rest = label.slice(1);
    const ordinary = /^\p{Ll}/u.test(rest) && rest === rest.toLowerCase();
    return ordinary ? label[0].toLowerCase() + rest : label;
  }

  // A text that BokehJS does not take for TeX, as it does $$…$$, \[…\] and \(…\): an invisible
  // word joiner parts the signs; as `plain` in plots.py.
  const plain = (text) => text.replaceAll(/\$(?=\$)|\\(?=[[(])/g, "$&\u2060");

  const isShare = (study, name) => name !== "raw" || study.isShare;

  hyperatlas.format = {
    aRun, allRuns, bound, count, isShare, metric, metricNames, percent, plain, runs, setting, spoken,
    ticks,
  };
})();
