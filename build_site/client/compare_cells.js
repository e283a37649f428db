// How the runs with each value of one parameter do, at each value of every other parameter and on
// each data set. Pure calculation: no page is touched here.
"use strict";

(() => {
  const { sorting, statistics } = hyperatlas;
  const TOP = Math.fround(0.9); // of the percentile: the best tenth on a data set

  // What is compared: the runs of `mask` that have the measure. A share is one of percentiles. The
  // median walks through the runs from the lowest to the highest value.
  function sampled(study, mask, { statistic, measure }) {
    const source = statistic === "share" ? "percentile" : measure;
    const lowest = statistic === "median" ? ascending(study, source) : null;
    const values = lowest ? lowest.values : study.columns[source];
    const included = new Uint8Array(values.length);
    for (let i = 0; i < values.length; i++) {
      included[i] = mask[lowest ? lowest.order[i] : i] & Number(!Number.isNaN(values[i]));
    }
    const codes = (name) => (lowest ? lowest.codes(name) : study.columns[name]);
    return { statistic, values, included, codes };
  }

  // The runs in ascending order of a column, with their codes in that order: made once, when a
  // median is first asked for.
  const sorted = new Map();
  function ascending(study, name) {
    if (!sorted.has(name)) {
      const order = ordered(study.columns[name]);
      const taken = (column) => {
        const made = new column.constructor(order.length);
        for (let i = 0; i < order.length; i++) made[i] = column[order[i]];
        return made;
      };
      const known = new Map();
      const codes = (code) => {
        if (!known.has(code)) known.set(code, taken(study.columns[code]));
        return known.get(code);
      };
      sorted.set(name, { order, values: taken(study.columns[name]), codes });
    }
    return sorted.get(name);
  }

  // The places of the numbers in `values`, by value.
  function ordered(values) {
    const isNothing = (place) => Number.isNaN(values[place]);
    const order = sorting.order(values, false, isNothing);
    let count = order.length;
    while (count > 0 && isNothing(order[count - 1])) count -= 1;
    return order.subarray(0, count);
  }

  // Estimates for each cell of a table of up to three axes { name, size }, the last one fastest.
  function tabulate(sample, axes) {
    const padded = [...Array(3 - axes.length).fill({ name: null, size: 1 }), ...axes];
    const none = new Uint8Array(sample.values.length);
    const [a, b, c] = padded.map(({ name }) => (name === null ? none : sample.codes(name)));
    const sizes = padded.map(({ size }) => size);
    const cell = { a, b, c, bSize: sizes[1], cSize: sizes[2], count: sizes[0] * sizes[1] * sizes[2] };
    return { mean: means, share: shares, median: medians }[sample.statistic](sample, cell);
  }

  function means({ values, included }, { a, b, c, bSize, cSize, count }) {
    const [runs, sums, squares] = [0, 1, 2].map(() => new Float64Array(count));
    // Values far from 0 that differ little would lose their squares' digits.
    const shift = values[included.indexOf(1)] ?? 0;
    for (let i = 0; i < values.length; i++) {
      if (!included[i]) continue;
      const place = (a[i] * bSize + b[i]) * cSize + c[i];
      const value = values[i] - shift;
      runs[place] += 1;
      sums[place] += value;
      squares[place] += value * value;
    }
    return Array.from(runs, (n, k) => statistics.mean(n, sums[k], squares[k], shift));
  }

  function shares({ values, included }, { a, b, c, bSize, cSize, count }) {
    const [runs, hits] = [0, 1].map(() => new Uint32Array(count));
    for (let i = 0; i < values.length; i++) {
      if (!included[i]) continue;
      const place = (a[i] * bSize + b[i]) * cSize + c[i];
      runs[place] += 1;
      if (values[i] >= TOP) hits[place] += 1;
    }
    return Array.from(runs, (n, k) => statistics.share(n, hits[k]));
  }

  // Counts the runs of each cell, then walks up the values and notes those of the ranks that make
  // the median and its interval: exact, and nothing is sorted for a selection.
  function medians({ values, included }, { a, b, c, bSize, cSize, count }) {
    const runs = new Uint32Array(count);
    const places = new Int32Array(values.length).fill(-1);
    for (let i = 0; i < values.length; i++) {
      if (!included[i]) continue;
      places[i] = (a[i] * bSize + b[i]) * cSize + c[i];
      runs[places[i]] += 1;
    }
    const ranks = Array.from(runs, medianRanks);
    const found = ranks.map(() => []);
    const seen = new Uint32Array(count);
    const next = Uint32Array.from(ranks, (wanted) => wanted[0] ?? 0);
    for (let i = 0; i < values.length; i++) {
      const place = places[i];
      if (place < 0 || ++seen[place] !== next[place]) continue;
      while (next[place] === seen[place]) {
        found[place].push(values[i]);
        next[place] = ranks[place][found[place].length] ?? 0;
      }
    }
    return found.map((values_, k) => medianOf(runs[k], values_));
  }

  // Ranks, in ascending order, of the interval's ends (where there is one) around the two values in
  // the middle (the same one twice if n is odd).
  function medianRanks(n) {
    if (n === 0) return [];
    const middle = [Math.ceil(n / 2), Math.floor(n / 2) + 1];
    const k = statistics.medianRank(n);
    return k === 0 ? middle : [k, ...middle, n + 1 - k];
  }

  function medianOf(n, found) {
    if (n === 0) return statistics.missing();
    const [below, above] = found.length === 4 ? [found[1], found[2]] : found;
    const [low, high] = found.length === 4 ? [found[0], found[3]] : [Number.NaN, Number.NaN];
    return { n, value: (below + above) / 2, low, high };
  }

  hyperatlas.cells = { sampled, tabulate, ordered };
})();
