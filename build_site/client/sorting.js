// The order of runs by a column: a stable radix sort of whole numbers that stand in its order.
"use strict";

(() => {
  const BITS = 11; // of one pass: its counts stay in the fastest cache
  const DIGITS = 1 << BITS;

  // The runs 0, 1, … in the order of a column; equals stay in the order of the runs, and those that
  // are `missing` come last, whichever way the order goes.
  function order(column, descending, missing) {
    const words = keys(column);
    if (descending) {
      for (const word of words) for (let i = 0; i < word.length; i++) word[i] = ~word[i];
    }
    return missingLast(sort(words), missing);
  }

  function missingLast(sorted, missing) {
    const runs = new Uint32Array(sorted.length);
    const last = [];
    let count = 0;
    for (const run of sorted) {
      if (missing(run)) last.push(run);
      else runs[count++] = run;
    }
    runs.set(last, count);
    return runs;
  }

  // Whole numbers in the order of a column's values: one or two arrays of 32 bits, the more
  // significant first.
  const keys = (column) => (column instanceof BigInt64Array ? longKeys(column) : [shortKeys(column)]);

  function shortKeys(column) {
    if (!(column instanceof Float32Array)) return new Uint32Array(column);
    const bits = new Uint32Array(column.length);
    const view = new Float32Array(bits.buffer);
    // Adding 0 makes of -0 a 0. The bits of negative numbers stand in the opposite order.
    for (let i = 0; i < bits.length; i++) {
      view[i] = column[i] + 0;
      bits[i] = bits[i] & 0x80000000 ? ~bits[i] : bits[i] | 0x80000000;
    }
    return bits;
  }

  function longKeys(column) {
    const halves = new Uint32Array(column.buffer, column.byteOffset, 2 * column.length);
    const high = new Uint32Array(column.length);
    const low = new Uint32Array(column.length);
    for (let i = 0; i < column.length; i++) {
      low[i] = halves[2 * i];
      high[i] = halves[2 * i + 1] ^ 0x80000000; // negative numbers come first
    }
    return [high, low];
  }

  // The runs 0, 1, … in the order of `words`.
  function sort(words) {
    const { length } = words[0];
    let from = new Uint32Array(length);
    for (let run = 0; run < length; run++) from[run] = run;
    let to = new Uint32Array(length);
    for (const word of [...words].reverse()) {
      for (const shift of [0, BITS, 2 * BITS]) {
        if (pass(word, shift, from, to)) [from, to] = [to, from];
      }
    }
    return from;
  }

  // One pass over some bits; false if all runs have the same there, so that nothing was moved.
  function pass(word, shift, from, to) {
    const starts = new Uint32Array(DIGITS + 1);
    for (let i = 0; i < word.length; i++) starts[((word[i] >>> shift) & (DIGITS - 1)) + 1] += 1;
    if (word.length === 0 || starts[((word[0] >>> shift) & (DIGITS - 1)) + 1] === word.length) return false;
    for (let digit = 0; digit < DIGITS; digit++) starts[digit + 1] += starts[digit];
    for (let i = 0; i < from.length; i++) {
      to[starts[(word[from[i]] >>> shift) & (DIGITS - 1)]++] = from[i];
    }
    return true;
  }

  hyperatlas.sorting = { order };
})();
