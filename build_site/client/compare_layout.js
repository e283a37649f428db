// Where everything in the panels is drawn: columns for the glyphs of one figure whose coordinates
// are pixels. One figure for all panels is several times as fast as one for each.
"use strict";

(() => {
  const { cut } = hyperatlas.textWidth;

  // Pixels of a panel, unless the page is narrower; of one data set of several.
  const NARROWEST = { whole: 290, split: 230 };
  const MARGIN = { left: 50, right: 14, top: 46, between: 42, bottom: 26 };
  const HEIGHT = {
    small: { estimates: 150, contrasts: 84 },
    large: { estimates: 320, contrasts: 160 },
  };
  const CHARACTER = 6.3; // pixels of a tick label's character, at 11 px
  const LINE = 14;
  const SLANTED = { characters: 14, height: 76, pitch: 14 };

  // groups -> { placed, legend, width, height }: the place of each entry of the legend, and each panel
  // with its box, in rows as wide as the page. Panels split by data set begin a row of their own.
  function place(groups, entries, width, large) {
    const split = groups.some(({ panels }) => panels.length > 1);
    const count = Math.max(1, ...groups.map(({ panels }) => panels.length));
    const most = split ? count : groups.length;
    const fitting = Math.max(1, Math.floor(width / (split ? NARROWEST.split : NARROWEST.whole)));
    const columns = Math.ceil(most / Math.ceil(most / fitting)) || 1; // rows of about one length
    const size = large ? HEIGHT.large : HEIGHT.small;
    const placed = [];
    const legend = legendPlaces(entries, width);
    let top = legend.height;
    for (const row of rowsOf(groups, columns, split)) {
      const panelWidth = width / columns;
      const plotWidth = panelWidth - MARGIN.left - MARGIN.right;
      const ticks = row.map(({ panel }) => tickLabels(panel.levels, plotWidth));
      const labels = Math.max(...ticks.map(({ height }) => height));
      row.forEach(({ group, panel }, column) => placed.push({
        group, panel, size, ticks: ticks[column], top,
        left: column * panelWidth + MARGIN.left,
        width: plotWidth,
      }));
      top += MARGIN.top + size.estimates + MARGIN.between + size.contrasts + labels + MARGIN.bottom;
    }
    return { placed, legend: legend.places, width, height: Math.max(top, 40) };
  }

  // One entry of the legend after the other, on as many lines as it takes.
  function legendPlaces(entries, width) {
    let [left, line] = [10, 0];
    const places = entries.map((text) => {
      const length = Math.min(width - 10, 34 + text.length * CHARACTER * 1.1);
      if (left + length > width && left > 10) [left, line] = [10, line + 1];
      const at = { left, top: line * 20 + 10, text: cut(text, Math.floor((width - 30) / CHARACTER)) };
      left += length;
      return at;
    });
    return { places, height: (line + 1) * 20 + 6 };
  }

  function rowsOf(groups, columns, split) {
    const inRows = (panels) => Array.from({ length: Math.ceil(panels.length / columns) }, (_, row) =>
      panels.slice(row * columns, (row + 1) * columns));
    const listed = groups.map((group) => group.panels.map((panel) => ({ group, panel })));
    return split ? listed.flatMap(inRows) : inRows(listed.flat());
  }

  // Labels below the x axis: on as many lines as their words take, or, where a word is too long,
  // slanted and cut, and then only as many as there is room for.
  function tickLabels(levels, width) {
    const slot = width / Math.max(1, levels.length);
    const room = Math.floor((slot - 4) / CHARACTER);
    const wrapped = levels.map((level) => wrap(level, room));
    if (wrapped.every((lines) => lines !== null)) {
      const lines = Math.max(1, ...wrapped.map((each) => each.length));
      return { texts: wrapped.map((each) => each.join("\n")), slanted: false, height: lines * LINE };
    }
    const step = Math.ceil(SLANTED.pitch / slot);
    const texts = levels.map((level, n) => (n % step === 0 ? cut(level, SLANTED.characters) : ""));
    return { texts, slanted: true, height: SLANTED.height };
  }

  // At most three lines of at most `room` characters, broken at spaces; null where that cannot be.
  function wrap(text, room) {
    const lines = [""];
    for (const word of text.split(" ")) {
      const longer = lines.at(-1) === "" ? word : `${lines.at(-1)} ${word}`;
      if (longer.length <= room) lines[lines.length - 1] = longer;
      else lines.push(word);
    }
    return lines.length > 3 || lines.some((line) => line.length > room) ? null : lines;
  }

  // Round numbers between low and high, about `count` of them.
  function roundNumbers(low, high, count) {
    const rough = (high - low) / count;
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = power * [1, 2, 5, 10].find((factor) => factor * power >= rough);
    const first = Math.ceil(low / step - 1e-9);
    const last = Math.floor(high / step + 1e-9);
    return Array.from({ length: Math.max(0, last - first + 1) }, (_, n) => (first + n) * step);
  }

  // The span of estimates: of all values, and of the intervals of those that are not of a few runs
  // only (these would leave no room for the others; their whiskers end at the edge).
  function extent(estimates, always = []) {
    let [low, high] = [Infinity, -Infinity];
    const reach = (number) => {
      if (number < low) low = number;
      if (number > high) high = number;
    };
    for (const { n, value, low: below, high: above } of estimates) {
      reach(value);
      if (n >= hyperatlas.statistics.FEWEST) [below, above].forEach(reach);
    }
    always.forEach(reach);
    if (low > high) return [0, 1];
    const margin = (high - low || Math.abs(high) || 1) * 0.06;
    return [low - margin, high + margin];
  }

  // words: { value, difference, y, contrast, tip, contrastTip }: texts of numbers, of the axes and
  // of what hovers; series: [{ place, label, colour, marker }] in the order of the legend.
  function columns(placement, series, words) {
    const { placed } = placement;
    const shown = placed.flatMap(({ panel }) =>
      panel.estimates.flatMap((row) => series.map(({ place: p }) => row[p])));
    const ranges = {
      estimates: extent(shown),
      contrasts: extent(placed.flatMap(({ panel }) => panel.contrasts), [0]),
    };
    const made = {
      grid: table("x0", "x1", "y0", "y1"),
      zero: table("x0", "x1", "y0", "y1"),
      lines: table("xs", "ys", "colour"),
      whiskers: table("x0", "x1", "y0", "y1", "colour"),
      points: table("x", "y", "colour", "marker", "what", "estimate", "interval", "n"),
      bars: table("x0", "x1", "y0", "y1"),
      contrasts: table("x", "y", "what", "estimate", "interval", "n"),
      titles: table("x", "y", "text"),
      labels: table("x", "y", "text", "align", "baseline", "angle"),
      legend: table("x", "y", "colour", "marker"),
    };
    placement.legend.forEach(({ left, top, text }, rank) => {
      const y = placement.height - top;
      const { colour, marker } = series[rank];
      made.legend.add(left, y, colour, marker);
      label(made, left + 11, y, text, "left", 0, "middle");
    });
    for (const each of placed) drawPanel(made, each, placement.height, ranges, series, words);
    return Object.fromEntries(Object.entries(made).map(([name, { data }]) => [name, data]));
  }

  function table(...names) {
    const data = Object.fromEntries(names.map((name) => [name, []]));
    return { data, add: (...cells) => names.forEach((name, k) => data[name].push(cells[k])) };
  }

  function drawPanel(made, each, height, ranges, series, words) {
    const { panel, group, left, width, top, size, ticks } = each;
    const slot = width / Math.max(1, panel.levels.length);
    const at = (place) => left + (place + 0.5) * slot;
    const upper = area(height - top - MARGIN.top, size.estimates, ranges.estimates);
    const lower = area(upper.bottom - MARGIN.between, size.contrasts, ranges.contrasts);
    const room = Math.floor((width + 10) / (CHARACTER * 1.15));
    made.titles.add(left - 40, height - top - 16, cut(titleOf(panel, room - 2), room - 2));
    label(made, left - 40, upper.top + 19, words.y, "left"); // above a tick at the very top
    const whole = words.contrast + words.varies(group);
    const contrast = whole.length <= room + 6 ? whole : cut(words.contrast, room + 6);
    label(made, left - 40, lower.top + 22, contrast, "left");
    axis(made, upper, left, width, words.value);
    axis(made, lower, left, width, words.difference);
    const zero = lower.y(0);
    made.zero.add(left, left + width, zero, zero);
    ticks.texts.forEach((text, place) => {
      if (ticks.slanted) label(made, at(place) + 4, lower.bottom - 6, text, "right", Math.PI / 4);
      else label(made, at(place), lower.bottom - 4, text, "center");
    });
    series.forEach((one, rank) => {
      const dodge = (rank - (series.length - 1) / 2) * Math.min(size === HEIGHT.large ? 14 : 8, (slot * 0.6) / series.length);
      drawSeries(made, panel, one, (place) => at(place) + dodge, upper, words);
    });
    drawContrasts(made, panel, at, lower, words);
  }

  // The data set stays whole as long as it can: it is what tells neighbours apart.
  function titleOf({ label: name, dataset }, room) {
    if (dataset === null) return name;
    return `${cut(name, Math.max(6, room - dataset.length - 2))}, ${dataset}`;
  }

  // A stretch of the figure that shows a range of values; what lies beyond ends at its edge.
  function area(top, height, [low, high]) {
    const bottom = top - height;
    const y = (value) => bottom + ((value - low) / (high - low)) * height;
    const inside = (value) => Math.min(top, Math.max(bottom, y(value)));
    return { top, bottom, y, inside, low, high, height };
  }

  function axis(made, { y, low, high, height }, left, width, text) {
    for (const value of roundNumbers(low, high, height / 26)) {
      made.grid.add(left, left + width, y(value), y(value));
      label(made, left - 5, y(value), text(value), "right", 0, "middle");
    }
  }

  function label(made, x, y, text, align, angle = 0, baseline = "top") {
    if (text) made.labels.add(x, y, text, align, baseline, angle);
  }

  function drawSeries(made, panel, one, at, upper, words) {
    const [xs, ys] = [[], []];
    panel.estimates.forEach((row, place) => {
      const estimate = row[one.place];
      const x = at(place);
      const known = estimate.n > 0;
      xs.push(x);
      ys.push(known ? upper.y(estimate.value) : Number.NaN);
      if (!known) return;
      if (!Number.isNaN(estimate.low)) {
        made.whiskers.add(x, x, upper.inside(estimate.low), upper.inside(estimate.high), one.colour);
      }
      const { what, text, interval, n } = words.tip(panel, place, one, estimate);
      made.points.add(x, upper.y(estimate.value), one.colour, one.marker, what, text, interval, n);
    });
    made.lines.add(xs, ys, one.colour);
  }

  function drawContrasts(made, panel, at, lower, words) {
    panel.contrasts.forEach((contrast, place) => {
      if (Number.isNaN(contrast.value)) return;
      const x = at(place);
      if (!Number.isNaN(contrast.low)) {
        made.bars.add(x, x, lower.inside(contrast.low), lower.inside(contrast.high));
      }
      const { what, text, interval, n } = words.contrastTip(panel, place, contrast);
      made.contrasts.add(x, lower.y(contrast.value), what, text, interval, n);
    });
  }

  hyperatlas.layout = { place, columns };
})();
