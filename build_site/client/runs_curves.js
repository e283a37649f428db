// Learning curves of page Runs: loaded and drawn as bands when the reader comes near them.
"use strict";

(() => {
  const { dom, format, parts, plots, quantiles, selection, study } = hyperatlas;
  const LEVELS = { p10: 0.1, p25: 0.25, median: 0.5, p75: 0.75, p90: 0.9 };
  const NEAR = "300px"; // below the window's edge

  let loading = null;

  // The script with the curves; from disk a page cannot fetch, but it can add a script.
  function load() {
    loading ??= new Promise((resolve, reject) => {
      const columns = document.querySelector(`script[src$="data/${study.name}.js"]`);
      const script = dom.element("script", { src: columns.src.replace(/\.js$/, ".curves.js") });
      script.addEventListener("load", () => resolve(parts.curves));
      script.addEventListener("error", () => {
        loading = null; // so that it can be tried again
        script.remove();
        reject(new Error(`cannot load ${script.src}`));
      });
      document.head.append(script);
    });
    return loading;
  }

  const measureOf = (part, chosen) =>
    (Object.hasOwn(part.shares, chosen.view.curve ?? "") ? chosen.view.curve : Object.keys(part.shares)[0]);

  // The medians of the baseline stay the same while only the performance range changes.
  const usual = { key: null, bands: [] };

  function compute(part, measure, chosen, { baseline, selected }) {
    const bands = quantiles.bands(part, measure, selected, Object.values(LEVELS));
    const key = JSON.stringify([measure, chosen.datasets, [...chosen.values]]);
    if (usual.key !== key) {
      Object.assign(usual, { key, bands: quantiles.bands(part, measure, baseline, [0.5]) });
    }
    return bands.map(({ epoch, n, values }, place) => ({
      epoch, n, baseline: usual.bands[place].values[0],
      ...Object.fromEntries(Object.keys(LEVELS).map((name, k) => [name, values[k]])),
    }));
  }

  function draw(figure, part, chosen, masks) {
    const measure = measureOf(part, chosen);
    const text = (value) => format.metric(value, part.shares[measure]);
    const rows = compute(part, measure, chosen, masks);
    const data = {};
    for (const name of ["epoch", "n", "baseline", ...Object.keys(LEVELS)]) {
      data[name] = rows.map((row) => row[name]);
      if (name !== "epoch" && name !== "n") data[`${name}_text`] = data[name].map(text);
    }
    plots.find(figure, "bands").data_source.data = data;
    const drawn = [...Object.keys(LEVELS), "baseline"].flatMap((name) => data[name]);
    setRanges(figure, part.epochs, drawn, part.shares[measure]);
    figure.left[0].axis_label = document.querySelector(`[data-curve="${measure}"]`).textContent;
    fillTable(rows, text);
    for (const button of document.querySelectorAll("[data-curve]")) {
      button.setAttribute("aria-pressed", String(button.dataset.curve === measure));
    }
  }

  // Room around what is drawn.
  function setRanges(figure, epochs, values, isShare) {
    const known = values.filter(Number.isFinite);
    const [low, high] = known.length ? [Math.min(...known), Math.max(...known)] : [0, 1];
    const room = (high - low) * 0.06 || 0.05;
    figure.y_range.setv({ start: low - room, end: high + room });
    figure.x_range.setv({ start: epochs[0] - 0.3, end: epochs.at(-1) + 0.3 });
    figure.left[0].formatter.format = format.ticks(low - room, high + room, isShare);
  }

  function fillTable(rows, text) {
    document.querySelector("#curves-table tbody").replaceChildren(...rows.map((row) =>
      dom.element("tr", {}, dom.element("th", { scope: "row" }, String(row.epoch)),
        dom.element("td", {}, format.count(row.n)),
        ...[...Object.keys(LEVELS), "baseline"].map((name) => dom.element("td", {}, text(row[name]))))));
  }

  // Returns the function that shows a selection; null if the study has no curves.
  function start(latest) {
    const section = document.getElementById("curves");
    if (!section) return null;
    for (const button of document.querySelectorAll("[data-curve]")) {
      button.addEventListener("click", () =>
        selection.change({ view: { ...selection.current().view, curve: button.dataset.curve } }));
    }
    let figure = null;
    const show = (chosen, masks) => figure && draw(figure, parts.curves, chosen, masks);
    const watch = new IntersectionObserver(async (entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      watch.disconnect();
      await showAll();
    }, { rootMargin: NEAR });
    watch.observe(section);
    return show;

    async function showAll() {
      const status = document.getElementById("curves-status");
      status.replaceChildren("Loading the learning curves.");
      try {
        await load();
        status.replaceChildren();
        await plots.draw("curves-plot", (made) => {
          figure = made;
          show(...latest());
        });
      } catch {
        status.replaceChildren("The learning curves could not be loaded.",
          dom.element("button", { type: "button", class: "atlas-button", click: showAll }, "Try again"));
      }
    }
  }

  hyperatlas.runsCurves = { start, load, setRanges };
})();
