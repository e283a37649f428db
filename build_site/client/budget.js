// What the best of k random trials is worth, exactly: no simulation, no model.
//
// The k trials are drawn without replacement from n runs, which makes the expectation unbiased (Dodge
// et al. 2019 drew with replacement; Tang et al. 2020 show what is wrong with that). With values
// v(1) <= ... <= v(n), the i-th is the best with probability C(i - 1, k - 1) / C(n, k).
"use strict";

(() => {
  const NEGLIGIBLE = 1e-15; // of all probability: what is left does not change a digit

  // { mean, low, high } of the best of k of `sorted` values (the worst first), 1 <= k <= n: the
  // expectation, and the quantiles between which it lies with the probability `share`.
  function bestOf(sorted, k, share) {
    const n = sorted.length;
    const tail = (1 - share) / 2;
    let best = k / n; // P(the i-th is the best), and P(the best is at most the i-th)
    let below = 1;
    let mean = 0;
    let [low, high] = [sorted[k - 1], sorted[k - 1]];
    for (let i = n; i >= k && below > NEGLIGIBLE; i--) {
      mean += best * sorted[i - 1];
      if (below >= tail) low = sorted[i - 1];
      if (below >= 1 - tail) high = sorted[i - 1];
      if (i > 1) best *= (i - k) / (i - 1);
      below *= (i - k) / i;
    }
    return { mean, low, high };
  }

  // The values of runs on one data set in all of which `keep(run)` holds, the worst first. A diverged
  // run is worth as much as guessing; where that is not known, as the worst that completed.
  function values(study, dataset, keep) {
    const { raw, diverged } = study.columns;
    const sign = study.direction === "maximize" ? 1 : -1;
    let worst = study.datasets[dataset].chance ?? Number.NaN;
    if (Number.isNaN(worst)) worst = worstOf(study, dataset, sign);
    const found = [];
    for (let run = 0; run < study.runs; run++) {
      if (study.columns.dataset[run] !== dataset || !keep(run)) continue;
      const value = diverged[run] ? worst : raw[run];
      if (!Number.isNaN(value)) found.push(value * sign);
    }
    return Float64Array.from(found).sort().map((value) => value * sign);
  }

  function worstOf(study, dataset, sign) {
    const { raw } = study.columns;
    let worst = Number.NaN;
    for (let run = 0; run < study.runs; run++) {
      if (study.columns.dataset[run] === dataset && !(sign * raw[run] >= sign * worst)
        && !Number.isNaN(raw[run])) worst = raw[run];
    }
    return worst;
  }

  hyperatlas.budget = { bestOf, values };
})();
