// Estimates with 95 % intervals, their differences, and whether they differ. Pure functions of
// numbers. An estimate is { n, value, low, high }; what cannot be estimated is NaN.
"use strict";

(() => {
  const Z = 1.959963984540054; // the 97.5 % quantile of the normal distribution
  const TAIL = 0.025; // what a 95 % interval leaves out on each side
  const FEWEST = 5; // runs that a value needs on each side before a verdict is given
  const TIED = 1e-7; // an interval that is so narrow is none, but for rounding

  // P(-t < T < t) of Student's t with whole degrees of freedom (Abramowitz & Stegun 1964, 26.7.3
  // and 26.7.4).
  function studentCoverage(t, df) {
    const angle = Math.atan2(t, Math.sqrt(df));
    const cosine = Math.cos(angle);
    let term = df % 2 ? cosine : 1;
    let sum = df === 1 ? 0 : term;
    for (let k = df % 2 ? 3 : 2; k < df; k += 2) {
      term *= (cosine * cosine * (k - 1)) / k;
      sum += term;
    }
    sum *= Math.sin(angle);
    return df % 2 ? (2 / Math.PI) * (angle + sum) : sum;
  }

  // The expansion of a t quantile in powers of 1 / df (Abramowitz & Stegun 1964, 26.7.5).
  function studentExpansion(z, df) {
    const [z2, z4, z6, z8] = [2, 4, 6, 8].map((power) => z ** power);
    return z + (z / df) * ((z2 + 1) / 4
      + (5 * z4 + 16 * z2 + 3) / 96 / df
      + (3 * z6 + 19 * z4 + 17 * z2 - 15) / 384 / df ** 2
      + (79 * z8 + 776 * z6 + 1482 * z4 - 1920 * z2 - 945) / 92160 / df ** 3);
  }

  // The 97.5 % quantile of Student's t: exact by bisection where degrees of freedom are few, by the
  // expansion where its error is below 1e-8.
  const studentQuantile = remembered((df) => {
    if (df >= 100) return studentExpansion(Z, df);
    let [low, high] = [Z, 13];
    for (let step = 0; step < 50; step++) {
      const middle = (low + high) / 2;
      if (studentCoverage(middle, df) < 1 - 2 * TAIL) low = middle;
      else high = middle;
    }
    return (low + high) / 2;
  });

  // Which order statistics, counted from 1, enclose the median of n values with at least 95 %: the
  // k-th smallest and the k-th largest, with the greatest k for which P(Binomial(n, 1/2) < k) is at
  // most 2.5 %; 0 if there is none. The probabilities are summed from the middle outwards, so that
  // nothing overflows.
  const medianRank = remembered((n) => {
    const middle = Math.floor(n / 2);
    const weights = [1]; // of Binomial(n, 1/2) at middle, middle - 1, …
    for (let k = middle; k > 0 && weights.at(-1) > 1e-18; k--) {
      weights.push((weights.at(-1) * k) / (n - k + 1));
    }
    const sum = weights.reduceRight((total, weight) => total + weight, 0);
    const all = n % 2 ? 2 * sum : 2 * sum - 1;
    let tail = 0;
    for (let place = weights.length - 1; place >= 0; place--) {
      tail += weights[place] / all;
      if (tail > TAIL) return middle - place;
    }
    return middle;
  });

  function remembered(compute) {
    const known = new Map();
    return (n) => {
      if (!known.has(n)) known.set(n, compute(n));
      return known.get(n);
    };
  }

  // The mean of n values from their sum and sum of squares about `shift`, with Student's interval.
  function mean(n, sum, squares, shift) {
    if (n === 0) return missing();
    const value = shift + sum / n;
    if (n === 1) return { n, value, low: Number.NaN, high: Number.NaN };
    const variance = Math.max(0, (squares - (sum * sum) / n) / (n - 1));
    const reach = studentQuantile(n - 1) * Math.sqrt(variance / n);
    return { n, value, low: value - reach, high: value + reach };
  }

  // The share of n that are hits, with Wilson's score interval.
  function share(n, hits) {
    if (n === 0) return missing();
    const value = hits / n;
    const { low, high } = wilson(n, value);
    return { n, value, low: Math.max(0, low), high: Math.min(1, high) };
  }

  // Wilson's score interval (1927) of a share of n, which need not be whole.
  function wilson(n, value) {
    const scale = 1 + (Z * Z) / n;
    const centre = (value + (Z * Z) / (2 * n)) / scale;
    const reach = (Z * Math.sqrt((value * (1 - value)) / n + (Z * Z) / (4 * n * n))) / scale;
    return { low: centre - reach, high: centre + reach };
  }

  const missing = () => ({ n: 0, value: Number.NaN, low: Number.NaN, high: Number.NaN });

  // a - b with its 95 % interval, from those of a and b (MOVER: Zou & Donner 2008, equation 5; for
  // shares this is method 10 of Newcombe 1998).
  function difference(a, b) {
    const value = a.value - b.value;
    return {
      n: Math.min(a.n, b.n),
      value,
      low: value - Math.hypot(a.value - a.low, b.high - b.value),
      high: value + Math.hypot(a.high - a.value, b.value - b.low),
    };
  }

  // Whether estimates differ beyond their uncertainty: Cochran's Q (Cochran 1954), the probability
  // of so much of it by chance, and tau, how far the true values lie apart as a standard deviation
  // (DerSimonian & Laird 1986). A standard error is the width of the interval / (2 · 1.96). Runs
  // that all have one value do not tell how sure that is: their error is taken to be that of the
  // least sure of the others.
  function heterogeneity(estimates) {
    const known = estimates
      .map(({ n, value, low, high }) => ({ n, value, error: (high - low) / (2 * Z) }))
      .filter(({ n, error }) => n >= FEWEST && Number.isFinite(error));
    const largest = Math.max(0, ...known.map(({ error }) => error));
    const values = known.map(({ value }) => value);
    const spread = Math.max(...values) - Math.min(...values);
    if (known.length < 2 || (largest <= TIED && spread <= TIED)) {
      return { q: Number.NaN, df: 0, p: Number.NaN, tau: Number.NaN };
    }
    if (largest <= TIED) return { q: Infinity, df: known.length - 1, p: 0, tau: spread / 2 };
    const used = known.map((each) => ({ ...each, error: each.error > TIED ? each.error : largest }));
    const total = (of) => used.reduce((sum, each) => sum + of(each) / each.error ** 2, 0);
    const weight = total(() => 1);
    const centre = total(({ value }) => value) / weight;
    const q = total(({ value }) => (value - centre) ** 2);
    const df = used.length - 1;
    const excess = weight - total(({ error }) => 1 / error ** 2) / weight;
    return { q, df, p: chiSquareTail(q, df), tau: Math.sqrt(Math.max(0, (q - df) / excess)) };
  }

  // P(chi² > x) with whole degrees of freedom: 1 - the series of the incomplete gamma function
  // (Abramowitz & Stegun 1964, 6.5.29). Below 1e-15 it is 0.
  function chiSquareTail(x, df) {
    const [a, half] = [df / 2, x / 2];
    if (half > a + 40 + 12 * Math.sqrt(a)) return 0;
    let gamma = df % 2 ? Math.log(Math.sqrt(Math.PI)) : 0; // ln Γ(a + 1), upwards from Γ(1/2) or Γ(1)
    for (let k = df % 2 ? 0.5 : 1; k <= a; k++) gamma += Math.log(k);
    let term = 1;
    let sum = 1;
    for (let k = 1; term > sum * 1e-17; k++) {
      term *= half / (a + k);
      sum += term;
    }
    const below = half === 0 ? 0 : sum * Math.exp(a * Math.log(half) - half - gamma);
    return Math.min(1, Math.max(0, 1 - below));
  }

  // "above", "below" or "unclear": on which side of 0 a difference surely is.
  function side({ n, low, high }) {
    if (n < FEWEST) return "unclear";
    if (low > 0) return "above";
    return high < 0 ? "below" : "unclear";
  }

  hyperatlas.statistics = {
    FEWEST, studentQuantile, medianRank, mean, share, difference, heterogeneity, chiSquareTail,
    side, missing, wilson,
  };
})();
