// The cells of the matrix in words and numbers.
"use strict";

(() => {
  const { format, study } = hyperatlas;
  const SHORT_WORDS = 2; // a value with fewer letters, such as 32 or "on", says little by itself

  // Labels that more than one parameter uses.
  const labels = study.parameters.flatMap((parameter) => parameter.levels.map((level) => level.label));
  const shared = new Set(labels.filter((label, place) => labels.indexOf(label) !== place));

  // A value as one can say it alone: "ReLU", but "Batch size: 32".
  function name({ parameter, level }) {
    const says = parameter.kind === "categorical" && parameter.levels.length > SHORT_WORDS
      && !shared.has(level.label) && !level.missing && /\p{L}{3}/u.test(level.label);
    return says ? level.label : full({ parameter, level });
  }

  const full = ({ parameter, level }) => `${parameter.label}: ${level.label}`;

  // "ReLU + Glorot normal"
  const pair = (levels, cell) => settings(levels, cell).map(name).join(" + ");

  // The levels of a cell, in the order of the parameters.
  const settings = (levels, { row, column }) =>
    (row === column ? [levels[row]] : [levels[column], levels[row]]);

  // 12, 3.1, 0.28, 0
  function ratio(value) {
    if (!Number.isFinite(value)) return "–";
    if (value === 0) return "0";
    return value.toFixed(value >= 9.95 ? 0 : value >= 0.995 ? 1 : 2);
  }

  function probability(value) {
    if (Number.isNaN(value)) return "–";
    return value < 0.001 ? "< 0.001" : value.toFixed(3);
  }

  const equals = (name_, value) =>
    (value < 0.001 ? `${name_} < 0.001` : `${name_} = ${probability(value)}`);

  // A count that need not be whole.
  const amount = (value) => (Number.isNaN(value) ? "–"
    : format.count(value < 10 ? Number(value.toFixed(1)) : Math.round(value)));

  const interval = ({ low, high }) =>
    (Number.isNaN(low) ? "–" : `${ratio(low)} to ${ratio(high)}`);

  const than = (cell, mode) => (mode === "interaction" && cell.row !== cell.column
    ? "as its two values explain" : "as by chance");

  // "3.1× as often as by chance [2.6, 3.5], n = 41 of 64, q < 0.001"
  function verdict(cell, mode) {
    const often = cell.observed === 0 ? "never" : `${ratio(cell.ratio)}× as often ${than(cell, mode)}`;
    const around = cell.observed === 0 ? `, where ${amount(cell.expected)} are expected`
      : Number.isNaN(cell.low) ? "" : ` [${ratio(cell.low)}, ${ratio(cell.high)}]`;
    const n = `n = ${format.count(cell.observed)} of ${format.count(cell.runs)}`;
    return `${often}${around}, ${n}, ${equals("q", cell.q)}`;
  }

  // A cell as the keyboard's cursor and the panel say it.
  function sentence(levels, cell) {
    const names = settings(levels, cell).map(full).join(" and ");
    if (cell.runs === 0) return `${names}: no ${format.aRun(study)} has both.`;
    const together = `${format.count(cell.observed)} of ${format.allRuns(study, cell.runs)} selected, `
      + `${amount(cell.expected)} expected`;
    const evidence = cell.muted ? " Too little evidence." : "";
    return `${names}: ${together}. Ratio ${ratio(cell.ratio)}, ${equals("p", cell.p)}, `
      + `${equals("q", cell.q)}.${evidence}`;
  }

  hyperatlas.combinationWords = {
    name, full, pair, settings, ratio, probability, amount, interval, verdict, sentence,
  };
})();
