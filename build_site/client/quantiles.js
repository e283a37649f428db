// Quantiles of learning curves, found by counting: points are codes in the order of their numbers.
"use strict";

(() => {
  const CODES = 65536;
  const NOTHING = 65535;
  const STEPS = 65534;

  const shares = () => Float32Array.from({ length: CODES }, (_, code) => (code === NOTHING ? NaN : code / STEPS));

  // Half precision: sign, 5 bits of exponent, 10 of fraction, turned to stand in order.
  const halves = () => Float32Array.from({ length: CODES }, (_, code) => {
    if (code === NOTHING) return NaN;
    const bits = code & 0x8000 ? code & 0x7fff : ~code & 0xffff;
    const exponent = (bits >> 10) & 31;
    const fraction = (bits & 1023) / 1024;
    const size = exponent === 0 ? fraction * 2 ** -14 : (1 + fraction) * 2 ** (exponent - 15);
    return bits & 0x8000 ? -size : size;
  });

  const tables = {};
  // Code -> number, of a measure that is a share or of one that is not.
  function numbers(isShare) {
    const name = isShare ? "shares" : "halves";
    tables[name] ??= isShare ? shares() : halves();
    return tables[name];
  }

  // The quantiles of the runs in `mask` at one epoch: position p · (n − 1), between neighbours in
  // proportion (Hyndman & Fan 1996, definition 7; DuckDB's quantile_cont).
  function atEpoch(codes, start, mask, decode, levels) {
    const counts = new Uint32Array(CODES);
    for (let i = 0; i < mask.length; i++) if (mask[i]) counts[codes[start + i]] += 1;
    let n = 0;
    for (let code = 0; code < NOTHING; code++) n += counts[code];
    return { n, values: n === 0 ? levels.map(() => NaN) : read(counts, n, decode, levels) };
  }

  // `levels` ascend, so one walk over the counts finds all of them.
  function read(counts, n, decode, levels) {
    let code = 0;
    let through = counts[0]; // runs up to and with this code
    const at = (rank) => {
      while (through <= rank) through += counts[++code];
      return decode[code];
    };
    const wanted = levels.flatMap((p) => [Math.floor(p * (n - 1)), Math.ceil(p * (n - 1))]);
    const ranks = [...new Set(wanted)].sort((a, b) => a - b);
    const found = new Map(ranks.map((rank) => [rank, at(rank)]));
    return levels.map((p) => {
      const place = p * (n - 1);
      const [low, high] = [found.get(Math.floor(place)), found.get(Math.ceil(place))];
      return low + (high - low) * (place - Math.floor(place));
    });
  }

  // For each epoch of a measure: how many runs of `mask` have a point, and their quantiles.
  function bands(part, measure, mask, levels) {
    const decode = numbers(part.shares[measure]);
    const codes = part.columns[measure];
    return part.epochs.map((epoch, place) => ({
      epoch, ...atEpoch(codes, place * mask.length, mask, decode, levels),
    }));
  }

  // The curve of one run; NaN at epochs that it has no point for.
  function curve(part, measure, run, runs) {
    const decode = numbers(part.shares[measure]);
    return part.epochs.map((_, place) => decode[part.columns[measure][place * runs + run]]);
  }

  hyperatlas.quantiles = { bands, curve };
})();
