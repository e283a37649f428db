// The selection bar on top of every analysis page: it shows the selection and changes it.
"use strict";

(() => {
  const { element, toggle } = hyperatlas.dom;
  const { selection, format } = hyperatlas;

  const PRESETS = [
    { label: "Top 1 %", from: 0.99, to: 1 },
    { label: "Top 10 %", from: 0.9, to: 1 },
    { label: "Top half", from: 0.5, to: 1 },
    { label: "Bottom half", from: 0, to: 0.5 },
    { label: "Any", from: null, to: null },
  ];

  // Items with `item` taken out if it is there, put in if it is not.
  const toggled = (items, item) =>
    items.includes(item) ? items.filter((other) => other !== item) : [...items, item];

  function build(bar, study) {
    const datasets = element("div", { role: "group", "aria-label": "Data sets", class: "atlas-bar__group" });
    const performance = buildPerformance(study);
    const parameters = element("details", { class: "atlas-bar__parameters" });
    const summary = element("output", { class: "atlas-bar__summary", "aria-live": "polite" });
    const chips = element("span", { class: "atlas-bar__chips" });
    const copy = element("button", { type: "button", class: "atlas-button", click: copyLink }, "Copy link");
    const reset = element(
      "button",
      { type: "button", class: "atlas-button", click: () => selection.change({ ...selection.open(), view: selection.current().view }) },
      "Reset",
    );
    bar.append(
      element("div", { class: "atlas-bar__row" }, element("span", { class: "atlas-bar__label" }, "Data sets"), datasets),
      element("div", { class: "atlas-bar__row" }, element("span", { class: "atlas-bar__label" }, "Performance"), performance.group),
      parameters,
      element("div", { class: "atlas-bar__row atlas-bar__state" }, summary, chips, copy, reset),
    );
    fillParameters(parameters, study);

    fillDatasets(datasets, study);

    selection.subscribe((chosen) => {
      showDatasets(datasets, chosen);
      performance.show(chosen);
      showParameters(parameters, chosen);
      summary.textContent = summarise(study, chosen);
      chips.replaceChildren(...activeFilters(study, chosen));
    });
  }

  function fillDatasets(group, study) {
    const all = toggle("All", true, () => selection.change({ datasets: [] }));
    const each = study.datasets.map((dataset) => {
      const button = toggle(dataset.label, false, () =>
        selection.change({ datasets: toggled(selection.current().datasets, dataset.name) }));
      button.dataset.name = dataset.name;
      return button;
    });
    group.append(all, ...each);
  }

  function showDatasets(group, chosen) {
    const [all, ...each] = group.children;
    all.setAttribute("aria-pressed", chosen.datasets.length === 0);
    for (const button of each) {
      button.setAttribute("aria-pressed", chosen.datasets.includes(button.dataset.name));
    }
  }

  function buildPerformance(study) {
    const names = format.metricNames(study);
    const metric = element("select", { "aria-label": "Measure of performance" },
      ...Object.entries(names).sort().map(([value, label]) => element("option", { value }, label)));
    const bound = (label) => element("input", { type: "number", step: "any", "aria-label": label });
    const from = bound("At least");
    const to = bound("At most");
    const unit = element("span", {}, "%");
    const presets = PRESETS.map((preset) => {
      const button = toggle(preset.label, false, () =>
        selection.change({ metric: "percentile", from: preset.from, to: preset.to }));
      return { ...preset, button };
    });

    const scale = () => (format.isShare(study, metric.value) ? 100 : 1);
    const typed = (input) => (input.value.trim() === "" ? null : Number(input.value) / scale());
    const apply = () => selection.change({ metric: metric.value, from: typed(from), to: typed(to) });
    from.addEventListener("change", apply);
    to.addEventListener("change", apply);
    // Bounds on one measure mean nothing on another.
    metric.addEventListener("change", () => {
      from.value = to.value = "";
      unit.hidden = scale() === 1;
      apply();
    });

    function show(chosen) {
      if (chosen.from !== null || chosen.to !== null) metric.value = chosen.metric;
      unit.hidden = scale() === 1;
      for (const [input, value] of [[from, chosen.from], [to, chosen.to]]) {
        input.value = value === null ? "" : Number((value * scale()).toPrecision(6));
      }
      const anyRange = chosen.from === null && chosen.to === null;
      for (const { button, from: low, to: high } of presets) {
        const same = chosen.from === low && chosen.to === high;
        button.setAttribute("aria-pressed", same && (anyRange || chosen.metric === "percentile"));
      }
    }

    const group = element(
      "div", { role: "group", "aria-label": "Performance", class: "atlas-bar__group" },
      ...presets.map((preset) => preset.button),
      element("span", { class: "atlas-bar__range" }, metric, from, "to", to, unit),
    );
    return { group, show };
  }

  function fillParameters(details, study) {
    details.append(element("summary", {}, "Filter by hyper-parameter"));
    for (const parameter of study.parameters) {
      const buttons = parameter.levels.map((level) => {
        const button = toggle(level.label, false, () => {
          const { values } = selection.current();
          const keys = toggled(values[parameter.name] ?? [], level.key);
          selection.change({ values: { ...values, [parameter.name]: keys } });
        });
        button.dataset.parameter = parameter.name;
        button.dataset.level = level.key;
        return button;
      });
      details.append(element(
        "div", { role: "group", "aria-label": parameter.label, class: "atlas-bar__row" },
        element("span", { class: "atlas-bar__label" }, parameter.label),
        element("div", { class: "atlas-bar__group" }, ...buttons),
      ));
    }
  }

  function showParameters(details, chosen) {
    for (const button of details.querySelectorAll("button")) {
      const keys = chosen.values[button.dataset.parameter] ?? [];
      button.setAttribute("aria-pressed", keys.includes(button.dataset.level));
    }
  }

  // "128 of 640 runs · best 98.5 % (MNIST)"
  function summarise(study, chosen) {
    const { selected } = selection.mask(study, chosen);
    const { raw, percentile, dataset } = study.columns;
    let count = 0;
    let best = -1;
    for (let i = 0; i < study.runs; i++) {
      if (!selected[i]) continue;
      count += 1;
      if (!Number.isNaN(raw[i]) && (best < 0 || better(study, raw[i], raw[best]))) best = i;
    }
    const counts = `${format.count(count)} of ${format.count(study.runs)} runs`;
    if (best < 0) return counts;
    const value = format.metric(raw[best], study.isShare);
    return `${counts} · best ${value} (${study.datasets[dataset[best]].label})`;
  }

  const better = (study, a, b) => (study.direction === "maximize" ? a > b : a < b);

  // The chosen parameter values, each a button that takes it out again.
  function activeFilters(study, chosen) {
    return Object.entries(chosen.values).flatMap(([name, keys]) => {
      const parameter = study.parameters.find((candidate) => candidate.name === name);
      return keys.map((key) => {
        const level = parameter.levels.find((candidate) => candidate.key === key);
        const label = `${parameter.label}: ${level.label}`;
        return element("button", {
          type: "button", class: "atlas-chip atlas-chip--active", "aria-label": `Remove ${label}`,
          click: () => {
            selection.change({
              values: { ...chosen.values, [name]: keys.filter((other) => other !== key) },
            });
            // The button is gone with its filter; who used the keyboard goes on from here.
            document.querySelector(".atlas-bar__state .atlas-button").focus();
          },
        }, `${label} ×`);
      });
    });
  }

  async function copyLink(event) {
    const button = event.currentTarget;
    try {
      await navigator.clipboard.writeText(location.href);
      button.textContent = "Copied";
    } catch {
      button.textContent = "Copy it from the address bar";
    }
    setTimeout(() => { button.textContent = "Copy link"; }, 2000);
  }

  const bar = document.getElementById("selection-bar");
  if (bar) build(bar, hyperatlas.study);
})();
