// The study of this page: what columns.py wrote, decoded once into typed arrays.
"use strict";

var hyperatlas = {};

(() => {
  const ARRAYS = { uint8: Uint8Array, uint16: Uint16Array, int16: Int16Array, uint32: Uint32Array, int64: BigInt64Array,
    float32: Float32Array, float64: Float64Array };

  // { kind, base64 } -> typed array. The bytes are little-endian, as is every browser's machine.
  function decode(column) {
    const bytes = Uint8Array.fromBase64?.(column.base64) ?? bytesOf(column.base64);
    return column.kind === "steps" ? addUp(bytes.buffer) : new ARRAYS[column.kind](bytes.buffer);
  }

  // For browsers before 2025.
  function bytesOf(base64) {
    const text = atob(base64);
    const bytes = new Uint8Array(text.length);
    for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
    return bytes;
  }

  // Numbers in single precision from the differences of their bits.
  function addUp(buffer) {
    const bits = new Uint32Array(buffer);
    for (let i = 1; i < bits.length; i++) bits[i] += bits[i - 1];
    return new Float32Array(buffer);
  }

  const decodeAll = (columns) =>
    Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, decode(column)]));

  // The columns of results, one entry for each distinct result, as columns of runs.
  function spread({ codes, ...results }) {
    return Object.fromEntries(Object.entries(results).map(([name, values]) => {
      const column = new values.constructor(codes.length);
      for (let run = 0; run < codes.length; run++) column[run] = values[codes[run]];
      return [name, column];
    }));
  }

  // Called by the data script. Afterwards hyperatlas.study.columns maps names to typed arrays:
  // "dataset", "diverged", "raw", "percentile", "relative", and for each parameter "level:NAME"
  // (and "value:NAME" if it is numeric).
  hyperatlas.receive = (described) => {
    const columns = { ...decodeAll(described.columns), ...spread(decodeAll(described.results)) };
    hyperatlas.study = { ...described, columns, runs: columns.dataset.length };
  };

  // Called by the data scripts that only some pages have; each is one part of the study.
  hyperatlas.parts = {};
  hyperatlas.decode = decode;
  hyperatlas.receivePart = (name, described) => {
    hyperatlas.parts[name] = { ...described, columns: decodeAll(described.columns) };
  };
})();
