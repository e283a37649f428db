// Overview: one row a data set, all runs pale and the selection strong; drag to set the range.
"use strict";

(() => {
  const { dom, format, overviewSummary, performance, plots, selection, study, textWidth } = hyperatlas;
  const PLOT = "overview-plot";
  const ROW_FILL = 0.56; // share of a row's height that its tallest bar takes; two lines have the rest
  const SHORTEST_DRAG = 8; // pixels; less is a tap, or the start of scrolling

  const MARK = 9; // pixels from the middle of a diamond to where it ends
  const FONT = "13px helvetica"; // that of the labels in overview.py

  const everything = new Uint8Array(study.runs).fill(1);

  // Columns for the two quad glyphs. The easiest data set has the top row.
  function quads(shown, all, chosen, text) {
    const [low, high] = performance.extent(study, shown);
    const width = (high - low) / performance.BINS;
    const empty = () => ({ left: [], right: [], bottom: [], top: [], label: [], range: [], runs: [], selected: [] });
    const bars = { baseline: empty(), selection: empty() };
    all.forEach((counts, row) => {
      const tallest = Math.max(1, ...counts);
      counts.forEach((runs, bin) => {
        if (runs === 0) return;
        const left = low + bin * width;
        const heights = { baseline: runs, selection: chosen[row][bin] };
        for (const [name, bar] of Object.entries(bars)) {
          bar.left.push(left);
          bar.right.push(left + width);
          bar.bottom.push(bottom(row));
          bar.top.push(bottom(row) + (heights[name] / tallest) * ROW_FILL);
          bar.label.push(study.datasets[row].label);
          bar.range.push(`${text(left)} to ${text(left + width)}`);
          bar.runs.push(runs);
          bar.selected.push(chosen[row][bin]);
        }
      });
    });
    return bars;
  }

  const bottom = (row) => study.datasets.length - 1 - row;

  // Where the median and the best of each row's selection are on the axis.
  function marks(rows, shown, text) {
    const values = study.columns[shown];
    const best = rows.map((row) => (row.best < 0 ? Number.NaN : values[row.best]));
    const medians = rows.map((row) => row.medians[shown]);
    return {
      label: study.datasets.map((dataset) => dataset.label),
      bottom: rows.map((_, row) => bottom(row)),
      low: rows.map((_, row) => bottom(row) + ROW_FILL / 5),
      top: rows.map((_, row) => bottom(row) + ROW_FILL),
      median: medians,
      best,
      median_text: medians.map(text),
      best_text: best.map(text),
      selected: rows.map((row) => format.allRuns(study, row.selected)),
    };
  }

  // "ReLU · Adam · …": the parameter values of one run.
  function configuration(run) {
    return study.parameters.map((parameter) => {
      const exact = study.columns[`value:${parameter.name}`]?.[run];
      const level = parameter.levels[study.columns[`level:${parameter.name}`][run]];
      const value = exact === undefined || Number.isNaN(exact) ? level.label : format.setting(exact);
      return `${parameter.spoken} ${value}`;
    }).join(" · ");
  }

  const raw = (value) => format.metric(value, study.isShare);
  const BEST = study.sampledFrom ? "Best sampled" : "Best";
  const bestOf = (row) => (row.best < 0 ? "–" : raw(study.columns.raw[row.best]));
  const divergedShare = (row) => (row.selected === 0 ? "–" : format.percent(row.diverged / row.selected));

  function fillTable(body, rows) {
    body.replaceChildren(...rows.map((row, place) => {
      const cells = {
        Selected: `${format.count(row.selected)} of ${format.count(row.runs)}`,
        [study.hasDiverged ? "Median without diverged" : "Median"]: raw(row.medians.raw),
        [BEST]: bestOf(row),
        ...(study.hasDiverged ? { Diverged: row.diverged === 0 ? "0" : `${format.count(row.diverged)} (${divergedShare(row)})` } : {}),
        [`${BEST} configuration`]: row.best < 0 ? "–" : configuration(row.best),
      };
      return dom.element("tr", { "data-dataset": study.datasets[place].name },
        dom.element("th", { scope: "row" }, study.datasets[place].label),
        ...Object.entries(cells).map(([label, cell]) =>
          dom.element("td", { "data-label": label }, cell)));
    }));
  }

  // Two lines above the bars of each row; what the plot has no room for ends in "…".
  function rowLabels(rows, low) {
    const width = document.getElementById(PLOT).clientWidth - 16;
    return {
      x: rows.map(() => low),
      y: rows.map((_, row) => bottom(row) + 0.97),
      name: study.datasets.map((dataset) => textWidth.fit(dataset.label, width, `bold ${FONT}`)),
      numbers: rows.map((row) => {
        const all = numbers(row, `${format.count(row.selected)} of ${format.allRuns(study, row.runs)}`);
        const short = numbers(row, `n = ${format.count(row.selected)}`);
        return textWidth.fit(textWidth.fit(all, width, FONT) === all ? all : short, width, FONT);
      }),
    };
  }

  // The axis, with room beyond both ends for half of the mark of a best run.
  function showAxis(figure, shown) {
    const [low, high] = performance.extent(study, shown);
    const room = ((high - low) * MARK) / Math.max(10 * MARK, document.getElementById(PLOT).clientWidth - 2 * MARK);
    figure.x_range.setv({ start: low - room, end: high + room });
    figure.below[0].formatter.format = format.ticks(low - room, high + room, format.isShare(study, shown));
    return low - room;
  }

  const numbers = (row, counts) => [
    counts,
    `median ${raw(row.medians.raw)}`,
    `${BEST.toLowerCase()} ${bestOf(row)}`,
    ...(row.diverged > 0 ? [`${divergedShare(row)} diverged`] : []),
  ].join(" · ");

  function draw(figure, chosen) {
    const { shown } = chosen;
    const isShare = format.isShare(study, shown);
    const text = (value) => format.metric(value, isShare);
    const { selected } = selection.mask(study, chosen);
    const [low, high] = performance.extent(study, shown);
    const all = overviewSummary.histograms(study, shown, everything);
    const rows = overviewSummary.summaries(study, selected, new Set(["raw", shown]));
    const bars = quads(shown, all, overviewSummary.histograms(study, shown, selected), text);
    const find = (name) => plots.find(figure, name);
    find("baseline").data_source.data = bars.baseline;
    find("selection").data_source.data = bars.selection;
    find("marks").data_source.data = marks(rows, shown, text);
    find("name-labels").data_source.data = rowLabels(rows, showAxis(figure, shown));
    figure.below[0].axis_label = format.plain(format.metricNames(study)[shown]);
    for (const button of document.querySelectorAll("[data-shown]")) {
      button.setAttribute("aria-pressed", String(button.dataset.shown === shown));
    }
    // The percentile ranks diverged runs; the other measures have no value for them.
    if (study.hasDiverged) {
      document.getElementById("overview-diverged").textContent =
        shown === "percentile" ? "diverged runs ranked last" : "diverged runs left out";
    }
    const ranged = chosen.metric === shown && (chosen.from !== null || chosen.to !== null);
    find("range").setv({ visible: ranged, left: chosen.from ?? low, right: chosen.to ?? high });
    fillTable(document.querySelector("#overview-table tbody"), rows);
    return rows;
  }

  async function start() {
    let rows;
    const figure = await plots.draw(PLOT, (made) =>
      selection.subscribe((chosen) => { rows = draw(made, chosen); }));

    // Labels are cut to the width of the plot.
    new ResizeObserver(() => {
      const start = showAxis(figure, selection.current().shown);
      plots.find(figure, "name-labels").data_source.data = rowLabels(rows, start);
    }).observe(document.getElementById(PLOT));

    // A finger that moves sideways drags; one that moves up or down scrolls the page. The browser
    // takes such a pointer away, which BokehJS reports as a drag to the plot's corner.
    plots.view(PLOT).canvas.touch_action.replace(".bk-events { touch-action: pan-y pinch-zoom; }");
    let scrolling = false;
    const place = document.getElementById(PLOT);
    place.addEventListener("pointerdown", () => { scrolling = false; }, true);
    place.addEventListener("pointercancel", () => { scrolling = true; }, true);

    // A drag across any row sets the performance range on the measure that is shown.
    figure.on_event("selectiongeometry", ({ geometry, final }) => {
      if (!final || scrolling || Math.abs(geometry.sx1 - geometry.sx0) < SHORTEST_DRAG) return;
      const round = (value) => Number(value.toPrecision(4));
      const [low, high] = [geometry.x0, geometry.x1].sort((a, b) => a - b);
      const { shown } = selection.current();
      const [least, most] = performance.extent(study, shown);
      // A drag beyond an end of the axis leaves that end open.
      selection.change({
        metric: shown,
        from: low <= least ? null : round(low),
        to: high >= most ? null : round(high),
      });
    });

    for (const button of document.querySelectorAll("[data-shown]")) {
      button.addEventListener("click", () => selection.change({ shown: button.dataset.shown }));
    }
  }

  start();
})();
