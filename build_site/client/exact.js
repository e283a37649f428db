// Exact tests of how many runs a cell of a table holds, and q-values over many of them.
"use strict";

(() => {
  const TIES = 1e-7; // weights this close, relatively, are the same but for rounding; as R takes it
  const VANISHED = 1e-17; // what adds no digit to a sum any more
  const SMALL_FACTORIALS = logFactorials(16);

  function logFactorials(count) {
    const logs = new Float64Array(count);
    for (let n = 2; n < count; n++) logs[n] = logs[n - 1] + Math.log(n);
    return logs;
  }

  // log n!, from 16 on by Stirling's series (Abramowitz & Stegun, 6.1.41).
  function logFactorial(n) {
    if (n < SMALL_FACTORIALS.length) return SMALL_FACTORIALS[n];
    const series = (1 / 12 - (1 / 360 - 1 / (1260 * n * n)) / (n * n)) / n;
    return (n + 0.5) * Math.log(n) - n + 0.5 * Math.log(2 * Math.PI) + series;
  }

  const logChoose = (n, k) => logFactorial(n) - logFactorial(k) - logFactorial(n - k);

  // The smallest whole number from low to high for which `holds`, which stays true once it is;
  // high + 1 if there is none.
  function first(low, high, holds) {
    let end = high + 1;
    while (low < end) {
      const middle = Math.floor((low + end) / 2);
      if (holds(middle)) end = middle;
      else low = middle + 1;
    }
    return end;
  }

  // Sums over the weights from `start` outward, that at `start` being 1: of the weights, and of
  // their first two moments about `start`. Stops where terms vanish, not at the end of the range.
  function outward({ low, high, step }, start, direction) {
    let [weight, sum, mean, square] = [1, 1, 0, 0];
    const end = direction > 0 ? high : low;
    for (let x = start; x !== end && weight > VANISHED * sum; x += direction) {
      weight *= direction > 0 ? step(x) : 1 / step(x - 1);
      const distance = x + direction - start;
      sum += weight;
      mean += weight * distance;
      square += weight * distance * distance;
    }
    return { sum, mean, square };
  }

  // Two-sided exact test: p is the probability of all counts that are not likelier than the
  // observed one (Freeman & Halton 1951; what Fisher's test does in R and SciPy). The distribution
  // has one peak; `step(x)` is weight(x + 1) / weight(x).
  function test(distribution, observed) {
    const { low, high, logWeight, step } = distribution;
    const mode = first(low, high - 1, (x) => step(x) < 1);
    const [below, above] = [outward(distribution, mode, -1), outward(distribution, mode, 1)];
    const total = below.sum + above.sum - 1;
    const shift = (below.mean + above.mean) / total;
    const moments = {
      mean: mode + shift,
      variance: (below.square + above.square) / total - shift * shift,
    };
    const peak = logWeight(mode);
    const limit = logWeight(observed) - peak + TIES;
    if (limit >= 0) return { p: 1, ...moments };
    const rare = (x) => logWeight(x) - peak <= limit;
    const upper = first(mode, high, rare);
    const lower = first(low, mode, (x) => !rare(x)) - 1;
    const tail = (start, direction) =>
      Math.exp(logWeight(start) - peak) * outward(distribution, start, direction).sum;
    const tails = (upper <= high ? tail(upper, 1) : 0) + (lower >= low ? tail(lower, -1) : 0);
    return { p: Math.min(1, tails / total), ...moments };
  }

  // Fisher's exact test: `drawn` of `all` runs are selected; is it chance that `observed` of those
  // are among the `marked` ones? (The hypergeometric distribution.)
  function hypergeometric(observed, { all, marked, drawn }) {
    const rest = all - marked - drawn;
    return test({
      low: Math.max(0, -rest),
      high: Math.min(marked, drawn),
      logWeight: (x) => logChoose(marked, x) + logChoose(all - marked, drawn - x),
      step: (x) => ((marked - x) / (x + 1)) * ((drawn - x) / (rest + x + 1)),
    }, observed);
  }

  // Zelen's exact test (Biometrika 58, 1971): in B, `both` runs have a and b, `one` only a, `other`
  // only b and `neither` neither; `drawn` of all are selected, `first` of those have a and `second`
  // have b. Given that, is it chance that `observed` have both, if a changes the odds of being
  // selected by the same factor with b as without it?
  function interaction(observed, { both, one, other, neither, drawn, first: a, second: b }) {
    const rest = drawn - a - b;
    return test({
      low: Math.max(0, a - one, b - other, -rest),
      high: Math.min(both, a, b, neither - rest),
      logWeight: (x) => logChoose(both, x) + logChoose(one, a - x) + logChoose(other, b - x)
        + logChoose(neither, rest + x),
      step: (x) => ((both - x) / (x + 1)) * ((a - x) / (one - a + x + 1))
        * ((b - x) / (other - b + x + 1)) * ((neither - rest - x) / (rest + x + 1)),
    }, observed);
  }

  // q-values of Benjamini & Hochberg (1995), in the order of `ps`.
  function falseDiscovery(ps) {
    const order = Uint32Array.from(ps.keys()).sort((a, b) => ps[b] - ps[a]);
    const qs = new Float64Array(ps.length);
    let least = 1;
    order.forEach((place, worse) => {
      least = Math.min(least, (ps[place] * ps.length) / (ps.length - worse));
      qs[place] = least;
    });
    return qs;
  }

  hyperatlas.exact = { hypergeometric, interaction, falseDiscovery };
})();
