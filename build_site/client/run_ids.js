// The ids of runs, which stand in their order: bytes of hexadecimal numbers, or texts.
"use strict";

(() => {
  const { parts } = hyperatlas;

  const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

  function fromBytes(bytes, width) {
    const id = (run) => {
      let text = "";
      for (let i = run * width; i < (run + 1) * width; i++) text += HEX[bytes[i]];
      return text;
    };
    const runs = bytes.length / width;
    // Runs stand in the order of ids, so those that begin alike stand together.
    function markIds(word, hits, shortest) {
      if (word.length < shortest || !/^[0-9a-f]+$/.test(word)) return;
      for (let run = firstFrom(word, id, runs); run < runs && id(run).startsWith(word); run++) hits[run] = 1;
    }
    const find = (text) => {
      const run = firstFrom(text, id, runs);
      return run < runs && id(run) === text ? run : -1;
    };
    return { id, markIds, find };
  }

  // The first run whose id is not before `text`.
  function firstFrom(text, id, runs) {
    let low = 0;
    let high = runs;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (id(middle) < text) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  // Ids may be any text: a word is looked for anywhere in them.
  function fromTexts(texts) {
    function markIds(word, hits, shortest) {
      if (word.length < shortest) return;
      for (let run = 0; run < texts.length; run++) {
        if (texts[run].toLowerCase().includes(word)) hits[run] = 1;
      }
    }
    return { id: (run) => texts[run], markIds, find: (text) => texts.indexOf(text) };
  }

  const { ids } = parts.runs;
  const known = ids.bytes
    ? fromBytes(hyperatlas.decode({ kind: "uint8", base64: ids.base64 }), ids.bytes)
    : fromTexts(ids.texts);
  Object.assign(parts.runs, known);
})();
