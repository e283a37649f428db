// Overview: one row a data set, all runs pale and the selection strong; drag to set the range.
"use strict";

(() => {
  const { dom, format, plots, selection, study } = hyperatlas;
  const BINS = 50;
  const ROW_FILL = 0.62; // share of a row's height that its tallest bar takes; the label has the rest

  // The x axis of a measure: shares from 0 to 1, or what the runs span. Relative values below 0
  // (worse than guessing) are drawn as far as they go, at most to -0.5.
  function extent(name) {
    let low = Infinity;
    let high = -Infinity;
    for (const value of study.columns[name]) {
      if (value < low) low = value;
      if (value > high) high = value;
    }
    if (!format.isShare(study, name)) return low < high ? [low, high] : [low - 1, low + 1];
    return [low < 0 ? Math.max(low, -0.5) : 0, 1];
  }

  // Count of runs in each data set and bin: all of them, and those selected.
  function histograms(name, selected) {
    const [low, high] = extent(name);
    const values = study.columns[name];
    const all = study.datasets.map(() => new Uint32Array(BINS));
    const chosen = study.datasets.map(() => new Uint32Array(BINS));
    for (let i = 0; i < study.runs; i++) {
      if (Number.isNaN(values[i])) continue;
      const place = Math.floor(((values[i] - low) / (high - low)) * BINS);
      const bin = Math.min(BINS - 1, Math.max(0, place));
      all[study.columns.dataset[i]][bin] += 1;
      if (selected[i]) chosen[study.columns.dataset[i]][bin] += 1;
    }
    return { low, high, all, chosen };
  }

  // Columns for the two quad glyphs. The easiest data set has the top row.
  function quads({ low, high, all, chosen }, text) {
    const width = (high - low) / BINS;
    const empty = () => ({ left: [], right: [], bottom: [], top: [], label: [], range: [], runs: [], selected: [] });
    const bars = { baseline: empty(), selection: empty() };
    all.forEach((counts, row) => {
      const bottom = study.datasets.length - 1 - row;
      const tallest = Math.max(1, ...counts);
      counts.forEach((runs, bin) => {
        if (runs === 0) return;
        const left = low + bin * width;
        const heights = { baseline: runs, selection: chosen[row][bin] };
        for (const [name, bar] of Object.entries(bars)) {
          bar.left.push(left);
          bar.right.push(left + width);
          bar.bottom.push(bottom);
          bar.top.push(bottom + (heights[name] / tallest) * ROW_FILL);
          bar.label.push(study.datasets[row].label);
          bar.range.push(`${text(left)} to ${text(left + width)}`);
          bar.runs.push(runs);
          bar.selected.push(chosen[row][bin]);
        }
      });
    });
    return bars;
  }

  // One row a data set: how many runs, and the best of the selection.
  function summaries(selected) {
    const { dataset, diverged, raw } = study.columns;
    const rows = study.datasets.map(() => ({ runs: 0, selected: 0, diverged: 0, values: [], best: -1 }));
    for (let i = 0; i < study.runs; i++) {
      const row = rows[dataset[i]];
      row.runs += 1;
      if (!selected[i]) continue;
      row.selected += 1;
      row.diverged += diverged[i];
      if (Number.isNaN(raw[i])) continue;
      row.values.push(raw[i]);
      const ahead = study.direction === "maximize" ? raw[i] > raw[row.best] : raw[i] < raw[row.best];
      if (row.best < 0 || ahead) row.best = i;
    }
    return rows.map((row) => ({ ...row, median: median(row.values) }));
  }

  function median(values) {
    if (values.length === 0) return Number.NaN;
    const sorted = Float32Array.from(values).sort();
    const middle = sorted.length >> 1;
    return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  // "ReLU · Adam · …": the parameter values of one run.
  function configuration(run) {
    return study.parameters.map((parameter) => {
      const exact = study.columns[`value:${parameter.name}`]?.[run];
      const level = parameter.levels[study.columns[`level:${parameter.name}`][run]];
      const value = exact === undefined || Number.isNaN(exact) ? level.label : short(exact);
      return `${parameter.label.toLowerCase()} ${value}`;
    }).join(" · ");
  }

  // A whole number as it is, any other with three digits; as Factor.show in levels.py.
  const short = (value) => (Number.isInteger(value) ? value : Number(value.toPrecision(3)));

  function fillTable(body, rows) {
    body.replaceChildren(...rows.map((row, place) => {
      const best = row.best < 0 ? "–" : format.metric(study.columns.raw[row.best], study.isShare);
      const cells = {
        Selected: `${format.count(row.selected)} of ${format.count(row.runs)}`,
        Median: format.metric(row.median, study.isShare),
        Best: best,
        Diverged: format.count(row.diverged),
        "Best configuration": row.best < 0 ? "–" : configuration(row.best),
      };
      return dom.element("tr", { "data-dataset": study.datasets[place].name },
        dom.element("th", { scope: "row" }, study.datasets[place].label),
        ...Object.entries(cells).map(([label, cell]) =>
          dom.element("td", { "data-label": label }, cell)));
    }));
  }

  function rowLabels(rows, low) {
    return {
      x: rows.map(() => low),
      y: rows.map((_, row) => study.datasets.length - 1 - row + 0.97),
      name: study.datasets.map((dataset) => dataset.label),
      text: rows.map((row, place) => {
        const best = row.best < 0 ? "–" : format.metric(study.columns.raw[row.best], study.isShare);
        const share = `${format.count(row.selected)} of ${format.count(row.runs)} runs`;
        return `${study.datasets[place].label} · best ${best} · ${share}`;
      }),
    };
  }

  function draw(figure, chosen) {
    const { shown } = chosen;
    const isShare = format.isShare(study, shown);
    const { selected } = selection.mask(study, chosen);
    const counts = histograms(shown, selected);
    const bars = quads(counts, (value) => format.metric(value, isShare));
    const rows = summaries(selected);
    const find = (name) => figure.select_one(name);
    find("baseline").data_source.data = bars.baseline;
    find("selection").data_source.data = bars.selection;
    find("labels").data_source.data = rowLabels(rows, counts.low);
    figure.x_range.setv({ start: counts.low, end: counts.high });
    figure.below[0].axis_label = format.metricNames(study)[shown];
    figure.below[0].formatter.format = isShare ? "0 %" : "0[.]0000";
    for (const button of document.querySelectorAll("[data-shown]")) {
      button.setAttribute("aria-pressed", String(button.dataset.shown === shown));
    }
    const ranged = chosen.metric === shown && (chosen.from !== null || chosen.to !== null);
    find("range").setv({
      visible: ranged,
      left: chosen.from ?? counts.low,
      right: chosen.to ?? counts.high,
    });
    fillTable(document.querySelector("#overview-table tbody"), rows);
  }

  async function start() {
    const figure = await plots.draw("overview-plot", (made) => draw(made, selection.current()));
    selection.subscribe((chosen) => draw(figure, chosen));

    // On a touch screen a drag over the plot scrolls the page.
    const drag = figure.toolbar.tools.find((tool) => tool.type === "BoxSelectTool");
    drag.active = !window.matchMedia("(pointer: coarse)").matches;

    // A drag across any row sets the performance range on the measure that is shown.
    figure.on_event("selectiongeometry", ({ geometry, final }) => {
      if (!final) return;
      const round = (value) => Number(value.toPrecision(4));
      const [low, high] = [geometry.x0, geometry.x1].map(round).sort((a, b) => a - b);
      selection.change({ metric: selection.current().shown, from: low, to: high });
    });

    for (const button of document.querySelectorAll("[data-shown]")) {
      button.addEventListener("click", () => selection.change({ shown: button.dataset.shown }));
    }
  }

  start();
})();
