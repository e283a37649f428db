// Parallel coordinates as an image: how many runs pass each point between two neighbouring axes.
//
// Runs are first counted by the pair of bins that they cross on the two axes, which takes one pass
// over the runs. Then each pair is drawn as one band of that many lines, so that the time to draw
// does not depend on the number of runs. Where a band meets an axis it has its share of the bin's
// height, beside the others and in their order (parallel sets: Kosara, Bendix & Hauser 2006).
"use strict";

(() => {
  const WIDTH = 112; // pixels between two axes
  const HEIGHT = 320;

  // For each gap between axes: how many of the listed runs cross each pair of bins.
  function pairs(axes, listed) {
    return axes.slice(1).map((right, gap) => {
      const left = axes[gap];
      const columns = right.low.length;
      return { left, right, columns, runs: count(listed, left.bins, right.bins, columns, left.low.length) };
    });
  }

  function count(listed, left, right, columns, rows) {
    const runs = new Uint32Array(rows * columns);
    for (let k = 0; k < listed.length; k++) runs[left[listed[k]] * columns + right[listed[k]]] += 1;
    return Float32Array.from(runs);
  }

  // The same, and how many of them have the measure, and its sum.
  function measuredPairs(axes, listed, values) {
    return pairs(axes, listed).map((gap) => ({
      ...gap, ...sum(listed, gap.left.bins, gap.right.bins, gap.columns, gap.runs.length, values),
    }));
  }

  function sum(listed, left, right, columns, size, values) {
    const measured = new Uint32Array(size);
    const sums = new Float64Array(size);
    for (let k = 0; k < listed.length; k++) {
      const run = listed[k];
      const value = values[run];
      if (value !== value) continue;
      const pair = left[run] * columns + right[run];
      measured[pair] += 1;
      sums[pair] += value;
    }
    return { measured: Float32Array.from(measured), sums };
  }

  // Where the band of each pair begins and ends on both axes, in pixels from the bottom.
  function layout({ left, right, columns, runs }) {
    const pair = (a, b) => a * columns + b;
    const [leftLow, leftHigh] = divide(left, right, runs, pair);
    const [rightLow, rightHigh] = divide(right, left, runs, (b, a) => pair(a, b));
    return { leftLow, leftHigh, rightLow, rightHigh };
  }

  // The bins of `axis`, each divided among the bins of `other` in their order from the bottom.
  function divide(axis, other, runs, pair) {
    const low = new Float32Array(runs.length);
    const high = new Float32Array(runs.length);
    const upward = Array.from(other.low, (_, bin) => bin).sort((a, b) => other.low[a] - other.low[b]);
    for (let bin = 0; bin < axis.low.length; bin++) {
      const total = upward.reduce((sum, each) => sum + runs[pair(bin, each)], 0);
      const scale = (HEIGHT * (axis.high[bin] - axis.low[bin])) / total;
      let at = HEIGHT * axis.low[bin];
      for (const each of upward) {
        const place = pair(bin, each);
        low[place] = at;
        at += runs[place] * scale || 0;
        high[place] = at;
      }
    }
    return [low, high];
  }

  // Draw layers of weights of one gap as bands: an image of HEIGHT × WIDTH, the bottom row first, in
  // which each pixel has a number for each layer. The weight of a pair is spread evenly over its band
  // in each column of pixels.
  function raster({ leftLow, leftHigh, rightLow, rightHigh }, layers) {
    const depth = layers.length;
    const image = new Float32Array(HEIGHT * WIDTH * depth);
    // Whole pixels of a band are steps up and down, whose running sum is added at the end.
    const steps = new Float32Array((HEIGHT + 2) * WIDTH * depth);
    const [runs] = layers;
    const weights = new Float64Array(depth);
    for (let pair = 0; pair < runs.length; pair++) {
      if (runs[pair] === 0) continue;
      for (let k = 0; k < depth; k++) weights[k] = layers[k][pair];
      const rise = (rightLow[pair] - leftLow[pair]) / WIDTH;
      const growth = (rightHigh[pair] - leftHigh[pair]) / WIDTH;
      let low = leftLow[pair] + rise / 2;
      let high = leftHigh[pair] + growth / 2;
      for (let x = 0; x < WIDTH; x++, low += rise, high += growth) {
        const first = Math.min(HEIGHT - 1, low | 0);
        const last = Math.min(HEIGHT - 1, high | 0);
        const from = (first * WIDTH + x) * depth;
        if (first === last) {
          for (let k = 0; k < depth; k++) image[from + k] += weights[k];
          continue;
        }
        const to = (last * WIDTH + x) * depth;
        for (let k = 0; k < depth; k++) {
          const density = weights[k] / (high - low);
          image[from + k] += density * (first + 1 - low);
          image[to + k] += density * (high - last);
          steps[from + WIDTH * depth + k] += density;
          steps[to + k] -= density;
        }
      }
    }
    addSteps(image, steps, WIDTH * depth);
    return { image, depth };
  }

  function addSteps(image, steps, width) {
    const through = new Float32Array(width);
    for (let row = 0; row < image.length; row += width) {
      for (let x = 0; x < width; x++) image[row + x] += through[x] += steps[row + x];
    }
  }

  // All gaps side by side, as the colours of an image: opaque where most runs of the gap pass.
  // `colour(image, at)` of the pixel whose numbers begin there is 0xBBGGRR.
  function paint(gaps, colour, opacity) {
    const width = WIDTH * gaps.length;
    const pixels = new Uint32Array(HEIGHT * width);
    gaps.forEach(({ image, depth }, gap) => {
      let most = 0;
      for (let at = 0; at < image.length; at += depth) if (image[at] > most) most = image[at];
      if (most === 0) return;
      let at = 0;
      for (let row = 0; row < HEIGHT; row++) {
        const left = row * width + gap * WIDTH;
        for (let x = 0; x < WIDTH; x++, at += depth) {
          // Rounding leaves traces below a thousandth where nothing passes.
          if (image[at] < 1e-3 * most) continue;
          const alpha = (255 * opacity * Math.sqrt(image[at] / most)) | 0;
          pixels[left + x] = (alpha << 24) | colour(image, at);
        }
      }
    });
    return { pixels, width, height: HEIGHT };
  }

  // The middle 96 % of the mean measure of pairs, by runs: what colours are spread over. The last
  // gap, which leads to the measure itself, would spread them over everything.
  function extent(gaps) {
    const means = gaps.slice(0, -1).flatMap(({ measured, sums }) =>
      Array.from(measured, (n, pair) => ({ n, mean: sums[pair] / n })).filter(({ n }) => n > 0));
    means.sort((a, b) => a.mean - b.mean);
    const total = means.reduce((sum, { n }) => sum + n, 0);
    const at = (share) => {
      let through = 0;
      for (const { n, mean } of means) {
        through += n;
        if (through >= share * total) return mean;
      }
      return NaN;
    };
    return [at(0.02), at(0.98)];
  }

  // The listed runs in one colour; `bands` are where a part of them is to be drawn.
  function plain(axes, listed, colour, opacity) {
    const gaps = pairs(axes, listed);
    const bands = gaps.map(layout);
    const images = gaps.map((gap, place) => raster(bands[place], [gap.runs]));
    return { ...paint(images, () => colour, opacity), bands };
  }

  // The listed runs, coloured by the mean measure of those that pass a point; `nothing` where
  // most of them have none.
  function coloured(axes, bands, listed, values, palette, nothing, opacity) {
    const gaps = measuredPairs(axes, listed, values);
    const [low, high] = extent(gaps);
    // Where all have the measure, those that have it need no layer of their own.
    const complete = listed.every((run) => values[run] === values[run]);
    const drawn = gaps.map(({ runs, measured, sums }, place) =>
      raster(bands[place], complete ? [runs, sums] : [runs, measured, sums]));
    const depth = complete ? 2 : 3;
    const scale = palette.length / (high - low || 1);
    const colour = (image, at) => {
      const measured = image[at + depth - 2];
      if (measured < image[at] / 2) return nothing;
      const place = ((image[at + depth - 1] / measured - low) * scale) | 0;
      return palette[place < 0 ? 0 : Math.min(palette.length - 1, place)];
    };
    return { ...paint(drawn, colour, opacity), low, high, gaps };
  }

  hyperatlas.densities = { measuredPairs, plain, coloured };
})();
