// How often values of hyper-parameters come together in the selection, against the baseline.
"use strict";

(() => {
  const { exact, statistics } = hyperatlas;
  const FEWEST_RUNS = 5;
  const HIGHEST_Q = 0.05;
  const GROUP_CODES = 512;

  // A level of a parameter by its place among all levels of all parameters.
  function tabulateLevels(study) {
    const starts = [];
    const levels = [];
    study.parameters.forEach((parameter, place) => {
      starts.push(levels.length);
      for (const level of parameter.levels) levels.push({ parameter, place, level });
    });
    return { starts, levels };
  }

  // Parameters side by side in groups of few combinations, each with one code for every run. The
  // pairs of all parameters are then counted in one pass for each pair of groups, not of
  // parameters: six parameters of four values are two groups.
  function groupParameters(study) {
    const groups = [];
    study.parameters.forEach((parameter, place) => {
      const count = parameter.levels.length;
      let group = groups.at(-1);
      if (!group || group.size * count > GROUP_CODES) {
        group = { size: 1, places: [], codes: new Uint16Array(study.runs) };
        groups.push(group);
      }
      const column = study.columns[`level:${parameter.name}`];
      for (let i = 0; i < study.runs; i++) group.codes[i] = group.codes[i] * count + column[i];
      group.size *= count;
      group.places.push(place);
    });
    return groups;
  }

  // For each code of a group, the places of its levels among all levels.
  function decode(group, study, starts) {
    return Array.from({ length: group.size }, (_, code) => {
      const places = [];
      for (const place of group.places.toReversed()) {
        const count = study.parameters[place].levels.length;
        places.push(starts[place] + (code % count));
        code = Math.floor(code / count);
      }
      return places;
    });
  }

  // Prepares a study once; the function returned counts a selection and its baseline. `inBaseline`
  // and `inSelection` are square: cell row * size + column, row >= column, holds the runs that have
  // both levels, the diagonal those that have one.
  function prepare(study) {
    const { starts, levels } = tabulateLevels(study);
    const groups = groupParameters(study);
    const decoded = groups.map((group) => decode(group, study, starts));
    const size = levels.length;

    function count({ baseline, selected }) {
      const counts = {
        levels, size, baseline: 0, selected: 0,
        inBaseline: new Uint32Array(size * size), inSelection: new Uint32Array(size * size),
      };
      for (let i = 0; i < study.runs; i++) {
        counts.baseline += baseline[i];
        counts.selected += selected[i];
      }
      groups.forEach((later, place) => {
        spread(counts, tabulate(later, null, baseline, selected), decoded[place], null);
        for (let before = 0; before < place; before++) {
          const table = tabulate(later, groups[before], baseline, selected);
          spread(counts, table, decoded[place], decoded[before]);
        }
      });
      return counts;
    }

    return count;
  }

  // Runs by the codes of one or two groups: first those outside the baseline, then those of the
  // baseline that are not selected, then those selected (which the baseline holds).
  function tabulate(later, earlier, baseline, selected) {
    const width = earlier ? earlier.size : 1;
    const plane = later.size * width;
    const table = new Uint32Array(3 * plane);
    const [a, b] = [later.codes, earlier?.codes];
    if (b) {
      for (let i = 0; i < a.length; i++) {
        table[(baseline[i] + selected[i]) * plane + a[i] * width + b[i]] += 1;
      }
    } else {
      for (let i = 0; i < a.length; i++) table[(baseline[i] + selected[i]) * plane + a[i]] += 1;
    }
    return { plane, width, table };
  }

  // Add a table by codes to the counts of pairs of levels: those between two groups, or, if there
  // is but one, those within it and its single levels.
  function spread(counts, { plane, width, table }, laterLevels, earlierLevels) {
    const { size, inBaseline, inSelection } = counts;
    for (let cell = 0; cell < plane; cell++) {
      const selected = table[2 * plane + cell];
      const runs = table[plane + cell] + selected;
      if (runs === 0) continue;
      const rows = laterLevels[Math.floor(cell / width)];
      const columns = earlierLevels ? earlierLevels[cell % width] : rows;
      for (const row of rows) {
        for (const column of columns) {
          if (column > row) continue;
          inBaseline[row * size + column] += runs;
          inSelection[row * size + column] += selected;
        }
      }
    }
  }

  // The cells of the matrix, row by row: one for each level alone (row = column) and one for each
  // two levels of different parameters. `ratio` is the lift, P(a, b | S) / P(a, b | B); in the mode
  // "interaction" that of a pair is divided by the lifts of its levels. p is that of Fisher's test,
  // or of Zelen's for a pair's interaction; q is over all cells that have runs.
  function cells(counts, mode) {
    const made = [];
    for (let row = 0; row < counts.size; row++) {
      for (let column = 0; column <= row; column++) {
        const same = counts.levels[row].place === counts.levels[column].place;
        if (!same || row === column) made.push(cell(counts, row, column, mode));
      }
    }
    const tested = made.filter((each) => each.runs > 0);
    const qs = exact.falseDiscovery(tested.map((each) => each.p));
    tested.forEach((each, place) => {
      each.q = qs[place];
      // Zelen's test looks at odds: where almost all runs with a value are selected, it may see
      // the opposite of what the ratio says, which is then no evidence for it.
      const agrees = Math.sign(each.observed - each.mean) === Math.sign(each.ratio - 1);
      // Two values that are frequent may make more expected than there are: no evidence either.
      const impossible = Number.isNaN(each.low);
      each.muted = each.runs < FEWEST_RUNS || each.q > HIGHEST_Q || !agrees || impossible;
    });
    return made;
  }

  function cell(counts, row, column, mode) {
    const { size, baseline, selected, inBaseline, inSelection } = counts;
    const runs = inBaseline[row * size + column];
    const observed = inSelection[row * size + column];
    const pure = mode === "interaction" && row !== column;
    const lift = (level) =>
      (inSelection[level * size + level] / inBaseline[level * size + level]) * (baseline / selected);
    const expected = ((selected * runs) / baseline) * (pure ? lift(row) * lift(column) : 1);
    const ratio = observed / expected;
    const made = {
      row, column, runs, observed, expected, ratio, log2: Math.log2(ratio),
      p: Number.NaN, q: Number.NaN, mean: Number.NaN, low: Number.NaN, high: Number.NaN, muted: true,
    };
    if (runs === 0) return made;
    const { p, mean, variance } = pure
      ? exact.interaction(observed, pairCounts(counts, row, column))
      : exact.hypergeometric(observed, { all: baseline, marked: runs, drawn: selected });
    return Object.assign(made, { p, mean }, interval(made, variance));
  }

  // What Zelen's test needs to know of two levels.
  function pairCounts({ size, baseline, selected, inBaseline, inSelection }, row, column) {
    const both = inBaseline[row * size + column];
    const one = inBaseline[row * size + row] - both;
    const other = inBaseline[column * size + column] - both;
    return {
      both, one, other, neither: baseline - both - one - other, drawn: selected,
      first: inSelection[row * size + row], second: inSelection[column * size + column],
    };
  }

  // 95 % interval of the ratio: Wilson's score interval (1927) of the share of the cell's runs that
  // are selected, over the share expected. The count of runs is scaled so that the share varies as
  // much as the test's distribution does, of which a binomial knows nothing: the selection is drawn
  // from these very runs.
  function interval({ runs, observed, expected }, variance) {
    const share = expected / runs;
    const binomial = runs * share * (1 - share);
    if (!(variance > 1e-9 && binomial > 0)) return {};
    const n = (runs * binomial) / variance;
    const { low, high } = statistics.wilson(n, observed / runs);
    return { low: Math.max(0, low) / share, high: high / share };
  }

  // The pairs (or the single levels) with enough evidence, strongest first: by the end of the
  // interval that is nearer to 1, so that few runs do not win by luck.
  function strongest(made, { single, over }) {
    const found = made.filter((each) => !each.muted && (each.row === each.column) === single
      && (over ? each.ratio > 1 : each.ratio < 1));
    return found.sort(over ? (a, b) => b.low - a.low : (a, b) => a.high - b.high);
  }

  hyperatlas.lift = { prepare, cells, strongest };
})();
