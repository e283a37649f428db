// What percentile to expect of a configuration, which is best among those allowed, and how sure that
// is: the same as evidence/choices.py, by the same model, for whatever a reader fixes.
//
// A goal is { weights }: one for each data set, 1 in sum; or null for the least worst regret.
// A configuration is a level of each parameter; `allowed` are the levels of each that may be chosen.
"use strict";

(() => {
  const { statistics } = hyperatlas;

  function prepare(part, study) {
    const counts = study.parameters.map((parameter) => parameter.levels.length);
    const datasets = study.datasets.length;
    const offsets = [1];
    for (const size of [...counts, ...part.pairs.map(([i, j]) => counts[i] * counts[j])]) {
      offsets.push(offsets.at(-1) + size);
    }
    const width = offsets.at(-1);
    // For each parameter its pairs with those before it.
    const before = counts.map((_, i) => part.pairs.flatMap(([first, second], k) =>
      second === i ? [{ first, start: offsets[counts.length + k] }] : []));
    const { cells, steps } = part.columns;
    const draws = Float64Array.from(steps, (step, at) => cells[at % cells.length] + part.scale * step);

    // What parameter i adds to those before it; `start` is where the cells of a data set begin.
    function term(values, start, i, configuration) {
      const level = configuration[i];
      let added = values[start + offsets[i] + level];
      for (const pair of before[i]) {
        added += values[start + pair.start + configuration[pair.first] * counts[i] + level];
      }
      return added;
    }

    // Sums of cells on each data set; of draw b with `values` draws and `start` b * datasets * width.
    function sums(configuration, values = cells, start = 0) {
      return Float64Array.from({ length: datasets }, (_, d) => {
        let total = values[start + d * width];
        for (let i = 0; i < counts.length; i++) {
          total += term(values, start + d * width, i, configuration);
        }
        return total;
      });
    }

    // As `normal` in evidence/links.py.
    const [bend, slope] = part.curve;
    const [linear, cubic] = part.normal;
    function percentile(sum) {
      const z = bend + slope * sum;
      return 1 / (1 + Math.exp(-(linear * z + cubic * (z * z * z))));
    }

    const percentiles = (configuration) => sums(configuration).map(percentile);
    // Whether the study has such values together, as far as its runs tell.
    const possible = (configuration) => sums(configuration).every((sum) => sum > part.excluded / 2);
    const drawn = (configuration) => Array.from({ length: part.draws }, (_, b) =>
      sums(configuration, draws, b * datasets * width));

    return {
      ...searching({ part, counts, datasets, width, cells, term, percentile, percentiles, possible }),
      ...judging({ part, sums, drawn, percentile }),
      percentiles,
      possible,
    };
  }

  // The score of percentiles on each data set, which begin at `start`.
  function judge(goal, bests) {
    if (goal.weights) {
      return (values, start) => goal.weights.reduce((total, w, d) => total + w * values[start + d], 0);
    }
    return (values, start) => {
      let worst = Infinity;
      for (let d = 0; d < bests.length; d++) worst = Math.min(worst, values[start + d] - bests[d]);
      return worst;
    };
  }

  const only = (d, datasets) => ({ weights: Array.from({ length: datasets }, (_, other) => Number(other === d)) });

  function searching({ part, counts, datasets, width, cells, term, percentile, percentiles, possible }) {
    // { best, values }: the best configuration with its score, and for each parameter and level the
    // best that has it, null for a level that is not allowed or is excluded by the levels that are.
    function find(goal, allowed) {
      const tried = allowed.reduce((product, levels) => product * levels.length, 1);
      const { best, values } = tried * datasets <= part.mostTried ? all(goal, allowed, tried) : climbed(goal, allowed);
      return { best, values: values.map((choices) => choices.map((choice) => (
        choice && possible(choice.configuration) ? choice : null))) };
    }

    // Percentiles [m, d] of every configuration, the last parameter changing fastest.
    function everything(allowed, tried) {
      const values = new Float64Array(tried * datasets);
      const configuration = counts.map(() => 0);
      const partial = Array.from({ length: counts.length + 1 }, () => new Float64Array(datasets));
      for (let d = 0; d < datasets; d++) partial[0][d] = cells[d * width];
      let place = 0;
      function visit(i) {
        if (i === counts.length) {
          for (let d = 0; d < datasets; d++) values[place + d] = percentile(partial[i][d]);
          place += datasets;
          return;
        }
        for (const chosen of allowed[i]) {
          configuration[i] = chosen;
          for (let d = 0; d < datasets; d++) {
            partial[i + 1][d] = partial[i][d] + term(cells, d * width, i, configuration);
          }
          visit(i + 1);
        }
      }
      visit(0);
      return values;
    }

    function all(goal, allowed, tried) {
      const values = everything(allowed, tried);
      const bests = new Float64Array(datasets).fill(-Infinity);
      for (let at = 0; at < values.length; at++) {
        if (values[at] > bests[at % datasets]) bests[at % datasets] = values[at];
      }
      const score = judge(goal, bests);
      const best = { place: 0, score: -Infinity };
      const leaders = allowed.map((levels) => levels.map(() => ({ place: 0, score: -Infinity })));
      for (let place = 0; place < tried; place++) {
        const found = score(values, place * datasets);
        if (found > best.score) Object.assign(best, { place, score: found });
        let left = place;
        for (let i = allowed.length - 1; i >= 0; i--) {
          const leader = leaders[i][left % allowed[i].length];
          if (found > leader.score) {
            leader.place = place;
            leader.score = found;
          }
          left = Math.floor(left / allowed[i].length);
        }
      }
      const choice = ({ place, score: found }) => ({ configuration: at(place, allowed), score: found });
      return {
        best: choice(best),
        values: counts.map((count, i) => Array.from({ length: count }, (_, level) => {
          const known = allowed[i].indexOf(level);
          return known < 0 ? null : choice(leaders[i][known]);
        })),
      };
    }

    function at(place, allowed) {
      const configuration = [];
      let left = place;
      for (let i = allowed.length - 1; i >= 0; i--) {
        configuration[i] = allowed[i][left % allowed[i].length];
        left = Math.floor(left / allowed[i].length);
      }
      return configuration;
    }

    // By changing one parameter at a time, from each level of each as a start.
    function climbed(goal, allowed) {
      const bests = goal.weights ? [] : Array.from({ length: datasets }, (_, d) =>
        climbed(only(d, datasets), allowed).best.score);
      const judged = judge(goal, bests);
      const score = (configuration) => judged(percentiles(configuration), 0);
      let best = climb(allowed.map(([first]) => first), null, allowed, score);
      let values;
      for (let round = 0; round < part.mostRounds; round++) {
        const start = best;
        values = counts.map((count, i) => Array.from({ length: count }, (_, level) =>
          allowed[i].includes(level) ? climb(start.configuration.with(i, level), i, allowed, score) : null));
        for (const choice of values.flat()) if (choice && choice.score > best.score) best = choice;
        if (best === start) break;
      }
      return { best, values };
    }

    function climb(start, fixed, allowed, score) {
      let configuration = [...start];
      let best = score(configuration);
      for (let moved = true; moved;) {
        moved = false;
        for (let i = 0; i < allowed.length; i++) {
          if (i === fixed) continue;
          for (const level of allowed[i]) {
            const tried = configuration.with(i, level);
            const found = score(tried);
            if (found > best) [configuration, best, moved] = [tried, found, true];
          }
        }
      }
      return { configuration, score: best };
    }

    return { find };
  }

  function judging({ part, sums, drawn, percentile }) {
    const least = (values) => values.reduce((a, b) => Math.min(a, b));
    const weighted = (weights, values) => weights.reduce((total, w, d) => total + w * values[d], 0);

    // Half of Student's interval, from how far draws are off.
    const sure = (deviations) => statistics.studentQuantile(part.draws)
      * Math.sqrt(deviations.reduce((total, each) => total + each * each, 0) / deviations.length);

    // Half of the interval on one data set, or on a new one like those that weigh.
    function reach(value, all, { weights }) {
      const single = weights.indexOf(1);
      if (single >= 0) return sure(all.map((each) => each[single] - value[single]));
      const concentration = weighted(weights, weights);
      let variance = 0;
      for (const each of all) {
        const mean = weighted(weights, each);
        variance += weighted(weights, each.map((x) => (x - mean) ** 2)) / all.length;
      }
      const freedom = Math.max(1, Math.floor(1 / concentration - 1 + 1e-9));
      return statistics.studentQuantile(freedom)
        * Math.sqrt((variance / (1 - concentration)) * (1 + concentration));
    }

    // The percentile to expect, { value, low, high }; with a robust goal, that on the worst data set.
    function expected(configuration, goal) {
      const [known, all] = [sums(configuration), drawn(configuration)];
      const percentiles = known.map(percentile);
      if (!goal.weights) {
        // Not above what any of the data sets may come to by itself.
        const reaches = known.map((sum, d) => sure(all.map((each) => each[d] - sum)));
        return {
          value: least(percentiles),
          low: least(known.map((sum, d) => percentile(sum - reaches[d]))),
          high: least(known.map((sum, d) => percentile(sum + reaches[d]))),
        };
      }
      const centre = weighted(goal.weights, known);
      const half = reach(known, all, goal);
      return {
        value: weighted(goal.weights, percentiles),
        low: percentile(centre - half),
        high: percentile(centre + half),
      };
    }

    // How much more the first has to be expected of than the second.
    function difference(first, second, goal) {
      const of = (configuration) => ({
        known: sums(configuration).map(percentile),
        all: drawn(configuration).map((each) => each.map(percentile)),
      });
      const [a, b] = [of(first), of(second)];
      const apart = (one, other) => one.map((x, d) => x - other[d]);
      const value = goal.weights
        ? weighted(goal.weights, apart(a.known, b.known)) : least(a.known) - least(b.known);
      const half = goal.weights
        ? reach(apart(a.known, b.known), a.all.map((each, n) => apart(each, b.all[n])), goal)
        : sure(a.all.map((each, n) => least(each) - least(b.all[n]) - value));
      return { value, low: value - half, high: value + half };
    }

    return { expected, difference };
  }

  // The metric of runs at a percentile (0 to 1) of a data set; NaN where they diverged.
  function accuracyAt(study, dataset) {
    const { raw, percentile } = study.columns;
    const runs = [];
    for (let run = 0; run < study.runs; run++) if (study.columns.dataset[run] === dataset) runs.push(run);
    // Diverged runs have the lowest percentile, and no metric.
    const sorted = runs.sort((a, b) => percentile[a] - percentile[b]).map((run) => raw[run]);
    return (share) => {
      const place = Math.min(1, Math.max(0, share)) * (sorted.length - 1);
      const low = Math.floor(place);
      const high = Math.min(low + 1, sorted.length - 1);
      return sorted[low] + (sorted[high] - sorted[low]) * (place - low);
    };
  }

  hyperatlas.advice = { prepare, only, accuracyAt };
})();
