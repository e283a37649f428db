// The order of runs by a column: a stable radix sort of whole numbers that stand in its order.
"use strict";

(() => {
  const LAST = 0xffffffff; // the key of a run without a value, whichever way the order goes
  const DIGITS = 1 << 16;

  // The keys of a column: one or two arrays of 32 bits, the more significant first, that stand in
  // the order of its values. `missing(run)` says which runs come last.
  function keys(column, descending, missing) {
    const words = column instanceof Float64Array || column instanceof BigInt64Array
      ? longKeys(column) : [shortKeys(column)];
    const [first] = words;
    for (const word of words) {
      if (descending) for (let i = 0; i < word.length; i++) word[i] = ~word[i];
    }
    for (let i = 0; i < first.length; i++) {
      if (missing(i)) for (const word of words) word[i] = LAST;
    }
    return words;
  }

  function shortKeys(column) {
    if (!(column instanceof Float32Array)) return Uint32Array.from(column);
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
    const isFloat = column instanceof Float64Array;
    const values = isFloat ? column.map((value) => value + 0) : column;
    const halves = new Uint32Array(values.buffer, values.byteOffset, 2 * values.length);
    const high = new Uint32Array(values.length);
    const low = new Uint32Array(values.length);
    for (let i = 0; i < values.length; i++) {
      const negative = isFloat && (halves[2 * i + 1] & 0x80000000) !== 0;
      low[i] = negative ? ~halves[2 * i] : halves[2 * i];
      high[i] = negative ? ~halves[2 * i + 1] : halves[2 * i + 1] ^ 0x80000000;
    }
    return [high, low];
  }

  // The runs 0, 1, … in the order of `words`; equals stay in the order of the runs.
  function order(words) {
    const { length } = words[0];
    let from = Uint32Array.from({ length }, (_, run) => run);
    let to = new Uint32Array(length);
    for (const word of [...words].reverse()) {
      for (const shift of [0, 16]) {
        if (pass(word, shift, from, to)) [from, to] = [to, from];
      }
    }
    return from;
  }

  // One pass over 16 bits; false if all runs have the same there, so that nothing was moved.
  function pass(word, shift, from, to) {
    const starts = new Uint32Array(DIGITS + 1);
    for (let i = 0; i < word.length; i++) starts[((word[i] >>> shift) & 0xffff) + 1] += 1;
    if (word.length === 0 || starts[((word[0] >>> shift) & 0xffff) + 1] === word.length) return false;
    for (let digit = 0; digit < DIGITS; digit++) starts[digit + 1] += starts[digit];
    for (let i = 0; i < from.length; i++) {
      to[starts[(word[from[i]] >>> shift) & 0xffff]++] = from[i];
    }
    return true;
  }

  hyperatlas.sorting = { keys, order };
})();
