// How the runs are spread over a measure of performance.
"use strict";

(() => {
  const { format } = hyperatlas;
  const extents = new WeakMap(); // study -> { measure: [low, high] }: a pass over all runs each

  // The axis of a measure: shares from 0 to 1, or what the runs span. Relative values below 0 (worse
  // than guessing) are shown as far as they go, at most to -0.5.
  function extent(study, name) {
    if (!extents.has(study)) extents.set(study, {});
    return (extents.get(study)[name] ??= findExtent(study, name));
  }

  function findExtent(study, name) {
    let low = Infinity;
    let high = -Infinity;
    for (const value of study.columns[name]) {
      if (value < low) low = value;
      if (value > high) high = value;
    }
    if (format.isShare(study, name)) return [low < 0 ? Math.max(low, -0.5) : 0, 1];
    if (low > high) return [0, 1];
    return low < high ? [low, high] : [low - 1, low + 1];
  }

  const BINS = 50;
  const coded = new WeakMap(); // study -> { measure: codes }

  // Which of BINS equal parts of its measure's axis each run falls in; BINS where it has no value.
  function codes(study, name) {
    if (!coded.has(study)) coded.set(study, {});
    return (coded.get(study)[name] ??= findCodes(study, name));
  }

  function findCodes(study, name) {
    const [low, high] = extent(study, name);
    const scale = BINS / (high - low);
    return Uint8Array.from(study.columns[name], (value) => {
      if (Number.isNaN(value)) return BINS;
      return Math.min(BINS - 1, Math.max(0, Math.floor((value - low) * scale)));
    });
  }

  // How many of the runs of a mask are in each bin; those without a value are not in any.
  function histogram(study, name, mask) {
    const bin = codes(study, name);
    const counts = new Uint32Array(BINS + 1);
    for (let run = 0; run < study.runs; run++) counts[bin[run]] += mask[run];
    return counts.subarray(0, BINS);
  }

  hyperatlas.performance = { BINS, codes, extent, histogram };
})();
