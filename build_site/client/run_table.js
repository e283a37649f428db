// The columns of the table of runs: what they show, how they sort, what a search finds in them, and
// all of it as CSV. No page elements here.
"use strict";

(() => {
  const { format, parts, sorting, tableText } = hyperatlas;
  const NO_SEED = -(2n ** 63n); // as run_details.py writes it
  const SHORTEST_ID = 4; // characters of a run id that a search takes for one

  // The columns of the table, in order. Each has
  //   id, label    its name in links, its heading
  //   best         "descending" if the best or most interesting come first that way
  //   text(run)    what a cell shows;  exact(run)  what goes into a CSV: a number, a text, or null
  //   column       the typed array to sort by;  missing(run)  whether a run has no value
  function columns(study, part) {
    const { columns: data } = study;
    const never = () => false;
    const coded = (id, label, codes, words, missing = never) => ({
      id, label, column: codes, missing,
      text: (run) => words[codes[run]],
      exact: (run) => (missing(run) ? null : words[codes[run]]),
    });
    const metric = (name, label) => ({
      id: name, label, column: data[name],
      best: name === "raw" && study.direction === "minimize" ? "ascending" : "descending",
      missing: (run) => Number.isNaN(data[name][run]),
      text: (run) => format.metric(data[name][run], format.isShare(study, name)),
      exact: (run) => (Number.isNaN(data[name][run]) ? null : shortest(data[name][run])),
    });
    const all = [
      {
        id: "run", label: "Run", missing: never, text: (run) => part.id(run), exact: (run) => part.id(run),
        column: counting(study.runs), // runs stand in the order of ids
      },
      coded("dataset", "Data set", data.dataset, study.datasets.map((dataset) => dataset.label)),
      metric("raw", study.metricLabel),
      metric("percentile", "Percentile"),
      ...(study.hasRelative ? [metric("relative", "Relative")] : []),
      coded("status", "Status", data.diverged, ["completed", "diverged"]),
      ...study.parameters.map((parameter) => parameterColumn(study, parameter, coded)),
    ];
    const seeds = part.columns.seed;
    if (seeds) {
      const missing = (run) => seeds[run] === NO_SEED;
      all.push({
        id: "seed", label: "Seed", column: seeds, missing,
        text: (run) => (missing(run) ? "–" : String(seeds[run])),
        exact: (run) => (missing(run) ? null : seeds[run]),
      });
    }
    return all;
  }

  function parameterColumn(study, parameter, coded) {
    const id = `p.${parameter.name}`;
    const values = study.columns[`value:${parameter.name}`];
    if (values) {
      const missing = (run) => !Number.isFinite(values[run]);
      return {
        id, label: parameter.label, column: values, missing,
        text: (run) => (missing(run) ? "missing" : format.setting(values[run])),
        exact: (run) => (missing(run) ? null : exactNumber(study, parameter, run)),
      };
    }
    const codes = study.columns[`level:${parameter.name}`];
    const words = parameter.levels.map((level) => level.label);
    const absent = parameter.levels.findIndex((level) => level.missing);
    return coded(id, parameter.label, codes, words, (run) => codes[run] === absent);
  }

  // A number of a numeric parameter as the study has it, once part "curves" is loaded.
  function exactNumber(study, parameter, run) {
    const name = `value:${parameter.name}`;
    return parts.curves?.columns[name]?.[run] ?? shortest(study.columns[name][run]);
  }

  // The shortest decimal that is the same in single precision: 0.001632, not 0.0016320000402629375.
  function shortest(value) {
    for (let digits = 1; digits < 10; digits++) {
      const number = Number(value.toPrecision(digits));
      if (Math.fround(number) === value) return number;
    }
    return value;
  }

  function counting(length) {
    const runs = new Uint32Array(length);
    for (let run = 0; run < length; run++) runs[run] = run;
    return runs;
  }

  // All runs in the order of a column.
  const order = (column, descending) =>
    sorting.order(column.column, descending, column.missing);

  // Which runs every word of `text` is found in. A word is found where it begins a word of a data
  // set, a status or a value; where it is a number that a numeric value rounds to, taken to as many
  // digits; where it is a seed; and where it begins a run id.
  function search(study, part, text) {
    const found = new Uint8Array(study.runs).fill(1);
    for (const word of text.toLowerCase().split(/\s+/).filter(Boolean)) {
      const hits = new Uint8Array(study.runs);
      markWords(study, word, hits);
      markNumbers(study, part, word, hits);
      part.markIds(word, hits, SHORTEST_ID);
      for (let i = 0; i < found.length; i++) found[i] &= hits[i];
    }
    return found;
  }

  function markWords(study, word, hits) {
    const begins = (texts) => texts.map((text) => beginsWord(String(text).toLowerCase(), word));
    mark(hits, study.columns.dataset, study.datasets.map((d) => begins([d.label, d.name]).includes(true)));
    mark(hits, study.columns.diverged, begins(["completed", "diverged"]));
    for (const parameter of study.parameters) {
      // The label of a level that is a range says nothing about a single value.
      const known = parameter.levels.map((level) =>
        !(parameter.kind === "numeric" && level.key.startsWith("quarter-")) && begins([level.label, level.key]).includes(true));
      mark(hits, study.columns[`level:${parameter.name}`], known);
    }
  }

  function beginsWord(text, word) {
    for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
      if (at === 0 || !/[\p{L}\p{N}]/u.test(text[at - 1])) return true;
    }
    return false;
  }

  function mark(hits, codes, known) {
    if (!known.includes(true)) return;
    for (let i = 0; i < hits.length; i++) if (known[codes[i]]) hits[i] = 1;
  }

  function markNumbers(study, part, word, hits) {
    const number = /^-?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/.test(word) ? Number(word) : Number.NaN;
    if (!Number.isFinite(number)) return;
    const half = lastDigit(word) / 2;
    for (const parameter of study.parameters) {
      const values = study.columns[`value:${parameter.name}`] ?? [];
      for (let i = 0; i < values.length; i++) if (Math.abs(values[i] - number) <= half) hits[i] = 1;
    }
    const seeds = part.columns.seed ?? [];
    const seed = seeds instanceof BigInt64Array && /^-?\d+$/.test(word) ? BigInt(word) : number;
    for (let i = 0; i < seeds.length; i++) if (seeds[i] === seed) hits[i] = 1;
  }

  // What one more of the last digit of a typed number adds: "0.0016" -> 0.0001, "2e-3" -> 0.001.
  function lastDigit(word) {
    const [digits, exponent = "0"] = word.split("e");
    const decimals = digits.includes(".") ? digits.length - digits.indexOf(".") - 1 : 0;
    return 10 ** (Number(exponent) - decimals);
  }

  const csvHead = (shown) => tableText.csv([shown.map((column) => column.label)]);

  // The rows of runs as CSV, with exact numbers.
  const csvRows = (shown, runs) =>
    tableText.csv(Array.from(runs, (run) => shown.map((column) => String(column.exact(run) ?? ""))));

  hyperatlas.runTable = { columns, order, search, csvHead, csvRows, exactNumber };
})();
