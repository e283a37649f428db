// Parallel coordinates as an image: how many runs pass each point between two neighbouring axes.
//
// Runs are first counted by the pair of bins that they cross on the two axes, which takes one pass
// over the runs. Then each pair is drawn as one band of that many lines, so that the time to draw
// does not depend on the number of runs. Where a band meets an axis it has its share of the bin's
// height, beside the others and in their order (parallel sets: Kosara, Bendix & Hauser 2006).
"use strict";

(() => {
  const WIDTH = 144; // pixels between two axes
  const HEIGHT = 320;

  // For each gap between axes: runs of the mask by pair of bins, and the sum of their measure.
  function pairs(axes, mask, values) {
    return axes.slice(1).map((right, gap) => {
      const left = axes[gap];
      const columns = right.low.length;
      const runs = new Float32Array(left.low.length * columns);
      const measured = new Float32Array(runs.length);
      const sums = new Float64Array(runs.length);
      for (let i = 0; i < mask.length; i++) {
        if (!mask[i]) continue;
        const pair = left.bins[i] * columns + right.bins[i];
        runs[pair] += 1;
        if (values[i] === values[i]) {
          measured[pair] += 1;
          sums[pair] += values[i];
        }
      }
      return { left, right, columns, runs, measured, sums };
    });
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

  // Draw weights of one gap as bands: an image of HEIGHT × WIDTH, the bottom row first. The weight
  // of a pair is spread evenly over its band in each column of pixels.
  function raster({ leftLow, leftHigh, rightLow, rightHigh }, weights) {
    const image = new Float32Array(HEIGHT * WIDTH);
    const steps = new Float32Array((HEIGHT + 2) * WIDTH);
    for (let pair = 0; pair < weights.length; pair++) {
      if (weights[pair] === 0) continue;
      for (let x = 0; x < WIDTH; x++) {
        const share = (x + 0.5) / WIDTH;
        const low = leftLow[pair] + share * (rightLow[pair] - leftLow[pair]);
        const high = leftHigh[pair] + share * (rightHigh[pair] - leftHigh[pair]);
        addInterval(image, steps, x, low, high, weights[pair]);
      }
    }
    for (let x = 0; x < WIDTH; x++) {
      let through = 0;
      for (let y = 0; y < HEIGHT; y++) {
        through += steps[y * WIDTH + x];
        image[y * WIDTH + x] += through;
      }
    }
    return image;
  }

  // Whole pixels go into `steps`, whose running sum is added at the end; the two ends into `image`.
  function addInterval(image, steps, x, low, high, weight) {
    const first = Math.floor(low);
    const last = Math.min(HEIGHT - 1, Math.floor(high));
    if (first >= last) {
      image[Math.min(first, HEIGHT - 1) * WIDTH + x] += weight;
      return;
    }
    const density = weight / (high - low);
    image[first * WIDTH + x] += density * (first + 1 - low);
    image[last * WIDTH + x] += density * (high - last);
    steps[(first + 1) * WIDTH + x] += density;
    steps[last * WIDTH + x] -= density;
  }

  // All gaps side by side, as the colours of an image: opaque where most runs of the gap pass.
  // `colour(gap, pixel)` is 0xBBGGRR.
  function paint(images, colour, opacity) {
    const width = WIDTH * images.length;
    const pixels = new Uint32Array(HEIGHT * width);
    images.forEach((image, gap) => {
      let most = 0;
      for (const amount of image) if (amount > most) most = amount;
      if (most === 0) return;
      for (let pixel = 0; pixel < image.length; pixel++) {
        // Rounding leaves traces below a thousandth where nothing passes.
        if (image[pixel] < 1e-3 * most) continue;
        const alpha = Math.round(255 * opacity * Math.sqrt(image[pixel] / most));
        const place = Math.floor(pixel / WIDTH) * width + gap * WIDTH + (pixel % WIDTH);
        pixels[place] = ((alpha << 24) | colour(gap, pixel)) >>> 0;
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

  // The runs of `mask` in one colour; `bands` are where a part of them is to be drawn.
  function plain(axes, mask, values, colour, opacity) {
    const gaps = pairs(axes, mask, values);
    const bands = gaps.map(layout);
    const images = gaps.map((gap, place) => raster(bands[place], gap.runs));
    return { ...paint(images, () => colour, opacity), bands };
  }

  // The runs of `mask`, coloured by the mean measure of those that pass a point.
  function coloured(axes, bands, mask, values, palette, nothing, opacity) {
    const gaps = pairs(axes, mask, values);
    const [low, high] = extent(gaps);
    const draw = (name) => gaps.map((gap, place) => raster(bands[place], gap[name]));
    const [images, measured, sums] = ["runs", "measured", "sums"].map(draw);
    const scale = palette.length / (high - low || 1);
    const colour = (gap, pixel) => {
      if (measured[gap][pixel] < images[gap][pixel] / 2) return nothing;
      const place = Math.floor((sums[gap][pixel] / measured[gap][pixel] - low) * scale);
      return palette[Math.min(palette.length - 1, Math.max(0, place))];
    };
    return { ...paint(images, colour, opacity), low, high };
  }

  hyperatlas.densities = { pairs, plain, coloured, HEIGHT, WIDTH };
})();
