// The study of this page: what columns.py wrote, decoded once into typed arrays.
"use strict";

var hyperatlas = {};

(() => {
  const ARRAYS = { uint8: Uint8Array, uint16: Uint16Array, float32: Float32Array };

  // { kind, base64 } -> typed array. The bytes are little-endian, as is every browser's machine.
  function decode(column) {
    const text = atob(column.base64);
    const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
    return new ARRAYS[column.kind](bytes.buffer);
  }

  // Called by the data script. Afterwards hyperatlas.study.columns maps names to typed arrays:
  // "dataset", "diverged", "raw", "percentile", "relative", and for each parameter "level:NAME"
  // (and "value:NAME" if it is numeric).
  hyperatlas.receive = (described) => {
    const columns = {};
    for (const [name, column] of Object.entries(described.columns)) columns[name] = decode(column);
    hyperatlas.study = { ...described, columns, runs: columns.dataset.length };
  };
})();
