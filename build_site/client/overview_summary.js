// What the overview says of each data set: calculation only.
"use strict";

(() => {
  const { performance } = hyperatlas;

  // One row a data set: how many runs there are and are selected, how many of these diverged, their
  // best (the place of a run, -1 if none has a value) and the median of `names`, measures.
  function summaries(study, selected, names) {
    const { dataset, diverged, raw } = study.columns;
    const sign = study.direction === "maximize" ? 1 : -1;
    const rows = study.datasets.map(() => (
      { runs: 0, selected: 0, diverged: 0, best: -1, medians: {} }));
    const highest = new Float64Array(rows.length).fill(-Infinity);
    for (let i = 0; i < study.runs; i++) {
      const row = rows[dataset[i]];
      row.runs += 1;
      if (!selected[i]) continue;
      row.selected += 1;
      row.diverged += diverged[i];
      // No comparison with NaN holds.
      if (sign * raw[i] > highest[dataset[i]]) {
        highest[dataset[i]] = sign * raw[i];
        row.best = i;
      }
    }
    for (const name of names) addMedians(rows, study, selected, name);
    return rows;
  }

  function addMedians(rows, study, selected, name) {
    const { dataset, [name]: values } = study.columns;
    const gathered = rows.map((row) => new Float32Array(row.selected));
    const counts = new Uint32Array(rows.length);
    for (let i = 0; i < study.runs; i++) {
      const value = values[i];
      if (selected[i] && value === value) gathered[dataset[i]][counts[dataset[i]]++] = value;
    }
    rows.forEach((row, place) => {
      row.medians[name] = median(gathered[place].subarray(0, counts[place]));
    });
  }

  // The middle value, or the mean of the two in the middle. Moves the values about.
  function median(values) {
    if (values.length === 0) return Number.NaN;
    const middle = values.length >> 1;
    const upper = nth(values, middle);
    if (values.length % 2) return upper;
    // All before the middle are now at most as great as it.
    let lower = -Infinity;
    for (let i = 0; i < middle; i++) if (values[i] > lower) lower = values[i];
    return (lower + upper) / 2;
  }

  // The value that sorting would put at `place`, without sorting all (Hoare 1961, algorithm 65, Find).
  function nth(values, place) {
    let left = 0;
    let right = values.length - 1;
    while (left < right) {
      const pivot = values[place];
      let i = left;
      let j = right;
      while (i <= j) {
        while (values[i] < pivot) i += 1;
        while (pivot < values[j]) j -= 1;
        if (i > j) break;
        [values[i], values[j]] = [values[j], values[i]];
        i += 1;
        j -= 1;
      }
      if (j < place) left = i;
      if (place < i) right = j;
    }
    return values[place];
  }

  // Counts of the runs of a mask: one array of bins for each data set.
  function histograms(study, name, mask) {
    const { BINS } = performance;
    const bin = performance.codes(study, name);
    const { dataset } = study.columns;
    const counts = new Uint32Array(study.datasets.length * (BINS + 1));
    for (let i = 0; i < study.runs; i++) counts[dataset[i] * (BINS + 1) + bin[i]] += mask[i];
    return study.datasets.map((_, row) => counts.subarray(row * (BINS + 1), row * (BINS + 1) + BINS));
  }

  hyperatlas.overviewSummary = { histograms, summaries };
})();
