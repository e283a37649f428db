// The parallel coordinates of page Runs: density image, lines of a small selection, and brushing.
"use strict";

(() => {
  const {
    densities, dom, foldedTable, format, parallelAxes, parts, plots, runTable, selection, study, textWidth,
  } = hyperatlas;
  const { ndarray } = Bokeh.require("core/util/ndarray");

  const MOST_LINES = 300; // a larger selection is a density
  const GREY = 0xa6978a; // --atlas-baseline as 0xBBGGRR, which is legible on light and dark
  const SPACING = 0.045; // least distance of two labels on an axis, as a share of its height
  const LONGEST = 15; // characters of a label; the table has them whole
  const HALF_SLOT = 0.06; // of the distance between axes, where a slot can be pointed at

  const cut = (text) => textWidth.cut(text, LONGEST);
  const palettes = new WeakMap();
  let axes = [];
  let drawn = ""; // what the grey image shows
  let bands = []; // where it has each pair of values
  let latest = null; // what the table says
  const showTable = foldedTable.follow("parallel-table", () => fillTable(latest));
  let everything = []; // for each axis, how many runs of it each slot has

  function show(figure, chosen, masks) {
    const find = (name) => plots.find(figure, name);
    const values = study.columns[chosen.shown];
    if (axes.at(-1)?.measure !== chosen.shown) {
      axes = parallelAxes.build(study, parts.runs, chosen.shown);
      drawAxes(find);
    }
    drawBaseline(find("baseline"), chosen, masks.baseline);
    const runs = listed(masks.selected);
    const mapper = find("colours");
    const [metric] = axes.slice(-1);
    let gaps = [];
    if (runs.length <= MOST_LINES) {
      setImage(find("selection"), null);
      setColours(mapper, metric.scale.low, metric.scale.high);
      find("lines").data_source.data = lines(runs, values);
    } else {
      find("lines").data_source.data = { xs: [], ys: [], value: [], run: [], text: [] };
      const image = densities.coloured(axes, bands, runs, values, colours(mapper), GREY, 0.9);
      gaps = image.gaps;
      setColours(mapper, image.low, image.high);
      setImage(find("selection"), image);
    }
    nameColours(find("legend"), runs.length <= MOST_LINES, metric, mapper);
    const counts = axes.slice(0, -1).map((axis, place) => 
      summarise(axis, everything[place], runs, values, gaps[place]));
    drawSlots(find("slots"), counts);
    drawChosen(find("chosen"), chosen);
    latest = { counts, chosen };
    showTable();
    showMeasure(chosen, runs.length);
  }

  function listed(mask) {
    let count = 0;
    for (let i = 0; i < mask.length; i++) count += mask[i];
    const runs = new Uint32Array(count);
    for (let i = 0, place = 0; i < mask.length; i++) if (mask[i]) runs[place++] = i;
    return runs;
  }

  function drawBaseline(renderer, chosen, mask) {
    const key = JSON.stringify([chosen.datasets, [...chosen.values], chosen.shown]);
    if (key === drawn) return;
    drawn = key;
    const runs = listed(mask);
    const image = densities.plain(axes, runs, GREY, 0.55);
    bands = image.bands;
    everything = axes.slice(0, -1).map((axis) => countSlots(axis, runs));
    setImage(renderer, image);
  }

  function setImage(renderer, image) {
    renderer.data_source.data = image === null
      ? { image: [], x: [], y: [], dw: [], dh: [] }
      : {
          image: [ndarray(image.pixels, { dtype: "uint32", shape: [image.height, image.width] })],
          x: [0], y: [0], dw: [axes.length - 1], dh: [1],
        };
  }

  // The colours of the legend as numbers 0xBBGGRR.
  function colours(mapper) {
    if (!palettes.has(mapper)) {
      palettes.set(mapper, mapper.palette.map((colour) => {
        const number = parseInt(colour.slice(1), 16);
        return ((number & 255) << 16) | (number & 0xff00) | (number >> 16);
      }));
    }
    return palettes.get(mapper);
  }

  function setColours(mapper, low, high) {
    const known = Number.isFinite(low) && low < high;
    mapper.setv(known ? { low, high } : { low: (Number.isFinite(low) ? low : 0.5) - 0.5, high: (Number.isFinite(low) ? low : 0.5) + 0.5 });
  }

  function nameColours(legend, isLines, metric, { low, high }) {
    legend.title = format.plain(isLines ? `${metric.label} of the run` : `${metric.label}, mean of the runs that pass a point`);
    legend.formatter.format = format.ticks(low, high, metric.isShare, 4);
  }

  function lines(runs, values) {
    const xs = axes.map((_, place) => place);
    const all = { xs: [], ys: [], value: [], run: [], text: [] };
    for (const run of runs) {
      all.xs.push(xs);
      all.ys.push(axes.map((axis, place) => parallelAxes.crossing(axis, place, run)));
      all.value.push(values[run]);
      all.run.push(parts.runs.id(run));
      all.text.push(describe(run));
    }
    return all;
  }

  // "CIFAR-10 · 48.2 % · Adam · …"
  function describe(run) {
    const wanted = hyperatlas.runColumns.filter(({ id }) => id === "dataset" || id === "raw" || id.startsWith("p."));
    return wanted.map((column) => column.text(run)).join(" · ");
  }

  function drawAxes(find) {
    const places = axes.map((_, place) => place);
    find("axes").data_source.data = { x: places, low: places.map(() => 0), high: places.map(() => 1) };
    find("titles").data_source.data = { x: places, y: places.map(() => 1.04), text: axes.map((axis) => cut(axis.label)) };
    const texts = { x: [], y: [], text: [] };
    axes.forEach((axis, place) => {
      let last = -Infinity;
      for (const { at, text } of labels(axis).sort((a, b) => a.at - b.at)) {
        if (at - last < SPACING) continue;
        last = at;
        texts.x.push(place);
        texts.y.push(at);
        texts.text.push(cut(text));
      }
    });
    find("labels").data_source.data = texts;
  }

  // What is written beside an axis, and where.
  function labels(axis) {
    if (!axis.scale) return axis.slots.map((slot) => ({ at: (slot.low + slot.high) / 2, text: slot.label }));
    const { low, high, height, value } = axis.scale;
    const nothing = axis.bins.includes(axis.low.length - 1) ? [{ at: 0.035, text: axis.id === "metric" ? "no result" : "missing" }] : [];
    if (!(low <= high)) return nothing;
    const text = (number) => (axis.id === "metric" ? format.metric(number, axis.isShare) : String(Number(number.toPrecision(2))));
    const marks = axis.id === "metric" && low < high
      ? [0.1, 0.325, 0.55, 0.775, 1].map((at) => value(at))
      : [...axis.slots.filter((slot) => slot.from !== undefined).map((slot) => slot.from), high];
    return [...nothing, ...marks.map((number) => ({ at: height(number), text: text(number) }))];
  }

  function countSlots(axis, runs) {
    const counts = new Uint32Array(axis.slots.length);
    const { codes } = axis;
    for (let k = 0; k < runs.length; k++) counts[codes[runs[k]]] += 1;
    return counts;
  }

  // For each slot of an axis: all runs, those selected, and the mean measure of the latter. Where
  // the runs were counted by pairs of values to draw them, those counts are enough.
  function summarise(axis, all, runs, values, gap) {
    const { selected, measured, sums } =
      gap && axis.bins === axis.codes ? bySlot(gap, all.length) : addUp(axis, all.length, runs, values);
    return axis.slots.map((slot, place) => ({
      axis, slot, all: all[place], selected: selected[place], mean: sums[place] / measured[place],
    }));
  }

  const tally = (size) =>
    ({ selected: new Uint32Array(size), measured: new Uint32Array(size), sums: new Float64Array(size) });

  function bySlot({ columns, runs, measured, sums }, size) {
    const total = tally(size);
    for (let pair = 0; pair < runs.length; pair++) {
      const slot = Math.floor(pair / columns);
      total.selected[slot] += runs[pair];
      total.measured[slot] += measured[pair];
      total.sums[slot] += sums[pair];
    }
    return total;
  }

  function addUp({ codes }, size, runs, values) {
    const total = tally(size);
    for (let k = 0; k < runs.length; k++) {
      const value = values[runs[k]];
      const slot = codes[runs[k]];
      total.selected[slot] += 1;
      if (value !== value) continue;
      total.measured[slot] += 1;
      total.sums[slot] += value;
    }
    return total;
  }

  const meanText = ({ mean }) => format.metric(mean, axes.at(-1).isShare);

  function drawSlots(renderer, counts) {
    const data = { left: [], right: [], low: [], high: [], axis: [], value: [], runs: [], selected: [], mean: [] };
    counts.forEach((slots, place) => {
      for (const count of slots) {
        data.left.push(place - HALF_SLOT);
        data.right.push(place + HALF_SLOT);
        data.low.push(count.slot.low);
        data.high.push(count.slot.high);
        data.axis.push(count.axis.label);
        data.value.push(count.slot.label);
        data.runs.push(count.all);
        data.selected.push(count.selected);
        data.mean.push(meanText(count));
      }
    });
    renderer.data_source.data = data;
  }

  // A thick bar on an axis over what is chosen there.
  function drawChosen(renderer, chosen) {
    const bars = { x: [], low: [], high: [] };
    const add = (place, low, high) => { bars.x.push(place); bars.low.push(low); bars.high.push(high); };
    axes.forEach((axis, place) => {
      if (axis.id === "metric") {
        if (axis.measure !== chosen.metric || (chosen.from === null && chosen.to === null)) return;
        add(place, axis.scale.height(chosen.from ?? -Infinity), axis.scale.height(chosen.to ?? Infinity));
        return;
      }
      const keys = parallelAxes.chosen(axis, chosen);
      for (const slot of axis.slots) if (keys.includes(slot.key)) add(place, slot.low, slot.high);
    });
    renderer.data_source.data = bars;
  }

  // The rows stay, with their buttons, so that the keyboard does not lose its place.
  function fillTable({ counts, chosen }) {
    const body = document.querySelector("#parallel-table tbody");
    if (body.rows.length === 0) body.append(...counts.flat().map(buildRow));
    counts.flat().forEach((count, place) => {
      const { cells } = body.rows[place];
      const pressed = parallelAxes.chosen(count.axis, chosen).includes(count.slot.key);
      cells[1].firstElementChild.setAttribute("aria-pressed", String(pressed));
      [count.all, count.selected].forEach((n, k) => { cells[2 + k].textContent = format.count(n); });
      cells[4].textContent = meanText(count);
    });
  }

  function buildRow({ axis, slot }) {
    const button = dom.toggle(slot.label, false, () =>
      selection.change(parallelAxes.toggled(axis, slot, selection.current())));
    return dom.element("tr", { "data-axis": axis.id, "data-key": slot.key },
      dom.element("th", { scope: "row" }, axis.label), dom.element("td", {}, button),
      ...[2, 3, 4].map(() => dom.element("td")));
  }

  function showMeasure(chosen, count) {
    for (const button of document.querySelectorAll("[data-shown]")) {
      button.setAttribute("aria-pressed", String(button.dataset.shown === chosen.shown));
    }
    const way = count <= MOST_LINES ? "each a line" : "as a density";
    document.getElementById("parallel-legend").textContent = `in colour: ${format.count(count)} selected, ${way}`;
  }

  const nearest = (x) => Math.min(axes.length - 1, Math.max(0, Math.round(x)));

  // A drag chooses on every axis that it crosses, or else on the nearest.
  function brush({ x0, x1, y0, y1 }) {
    const [left, right] = [x0, x1].sort((a, b) => a - b);
    const [low, high] = [y0, y1].sort((a, b) => a - b);
    const crossed = axes.filter((_, place) => place >= left && place <= right);
    const touched = crossed.length > 0 ? crossed : [axes[nearest((left + right) / 2)]];
    const change = touched.reduce((current, axis) =>
      ({ ...current, ...parallelAxes.brushed(axis, low, high, current) }), selection.current());
    selection.change(change);
  }

  function tap({ x, y }) {
    const place = nearest(x);
    const slot = axes[place].slots.find((candidate) => y >= candidate.low && y < candidate.high);
    if (!slot || x < place - 0.1 || x > place + 0.7) return;
    selection.change(parallelAxes.toggled(axes[place], slot, selection.current()));
  }

  function listen(figure) {
    // On a touch screen a drag over the plot scrolls the page.
    const drag = figure.toolbar.tools.find((tool) => tool.type === "BoxSelectTool");
    drag.active = !window.matchMedia("(pointer: coarse)").matches;
    figure.on_event("selectiongeometry", ({ geometry, final }) => { if (final) brush(geometry); });
    figure.on_event("tap", tap);
    for (const button of document.querySelectorAll("[data-shown]")) {
      button.addEventListener("click", () => selection.change({ shown: button.dataset.shown }));
    }
  }

  async function start(chosen, masks) {
    hyperatlas.runColumns ??= runTable.columns(study, parts.runs);
    const figure = await plots.draw("parallel-plot", (made) => show(made, chosen, masks));
    listen(figure);
    return (now, nowMasks) => show(figure, now, nowMasks);
  }

  hyperatlas.runsParallel = { start };
})();
