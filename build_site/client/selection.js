// The selection: data sets, a performance range and parameter values, kept in the URL fragment.
//
//   #dataset=mnist&dataset=cifar10&metric=percentile&from=0.9&to=1&p.optimizer=adam&shown=raw
//
// What else a page shows (a mode, an open run) is its `view`: texts under keys of its own, v.<name>.
//
// An absent key leaves its part open. What the study does not know is ignored, so that a link
// survives a rebuild.
"use strict";

(() => {
  const METRICS = ["percentile", "raw", "relative"];
  const listeners = [];

  // Nothing chosen. `shown` is the measure on the overview's axis; it selects nothing.
  const open = () => ({
    datasets: [], metric: "percentile", from: null, to: null, values: {}, shown: "raw", view: {},
  });

  function parse(fragment, study) {
    const query = new URLSearchParams(fragment.replace(/^#/, ""));
    const selection = open();
    const known = new Set(study.datasets.map((dataset) => dataset.name));
    selection.datasets = unique(query.getAll("dataset")).filter((name) => known.has(name));
    if (METRICS.includes(query.get("metric"))) selection.metric = query.get("metric");
    if (METRICS.includes(query.get("shown"))) selection.shown = query.get("shown");
    const bounds = [number(query.get("from")), number(query.get("to"))];
    if (!bounds.includes(null)) bounds.sort((a, b) => a - b);
    [selection.from, selection.to] = bounds;
    for (const parameter of study.parameters) {
      const keys = new Set(parameter.levels.map((level) => level.key));
      const chosen = unique(query.getAll(`p.${parameter.name}`)).filter((key) => keys.has(key));
      if (chosen.length > 0) selection.values[parameter.name] = chosen;
    }
    for (const [key, value] of query) {
      if (key.startsWith("v.") && value !== "") selection.view[key.slice(2)] = value;
    }
    return selection;
  }

  function format(selection) {
    const query = new URLSearchParams();
    for (const name of selection.datasets) query.append("dataset", name);
    if (selection.from !== null || selection.to !== null) {
      query.set("metric", selection.metric);
      if (selection.from !== null) query.set("from", selection.from);
      if (selection.to !== null) query.set("to", selection.to);
    }
    for (const [name, keys] of Object.entries(selection.values)) {
      for (const key of keys) query.append(`p.${name}`, key);
    }
    if (selection.shown !== open().shown) query.set("shown", selection.shown);
    for (const [name, value] of Object.entries(selection.view)) {
      if (value !== "") query.set(`v.${name}`, value);
    }
    return query.toString();
  }

  const unique = (items) => [...new Set(items)];

  function number(text) {
    const value = text === null || text.trim() === "" ? Number.NaN : Number(text);
    return Math.abs(value) < 1e30 ? value : null;
  }

  // Which runs the selection holds: two masks over the study's runs. `baseline` leaves the
  // performance range out; `selected` is all of it. Bounds are rounded to single precision, like
  // the columns: a run exactly at a bound is in. A run without the metric is only in an open range.
  function mask(study, selection) {
    const baseline = new Uint8Array(study.runs).fill(1);
    keepOnly(baseline, study.columns.dataset, study.datasets, "name", selection.datasets);
    for (const parameter of study.parameters) {
      const levels = study.columns[`level:${parameter.name}`];
      const chosen = selection.values[parameter.name] ?? [];
      keepOnly(baseline, levels, parameter.levels, "key", chosen);
    }
    const selected = baseline.slice();
    if (selection.from !== null || selection.to !== null) {
      const metric = study.columns[selection.metric];
      const from = Math.fround(selection.from ?? -Infinity);
      const to = Math.fround(selection.to ?? Infinity);
      for (let i = 0; i < study.runs; i++) {
        if (!(metric[i] >= from && metric[i] <= to)) selected[i] = 0;
      }
    }
    return { baseline, selected };
  }

  // Clear the runs whose code is not that of a chosen item; nothing chosen keeps all.
  function keepOnly(runs, codes, items, key, chosen) {
    if (chosen.length === 0) return;
    const keep = items.map((item) => chosen.includes(item[key]));
    for (let i = 0; i < runs.length; i++) if (!keep[codes[i]]) runs[i] = 0;
  }

  const current = () => parse(location.hash, hyperatlas.study);

  // Change some parts of the selection: a step in the browser's history. (Setting location.hash to
  // nothing would scroll to the top of the page.)
  function change(parts) {
    const fragment = format({ ...current(), ...parts });
    history.pushState(null, "", fragment ? `#${fragment}` : location.pathname + location.search);
    notify();
  }

  function notify() {
    const selection = current();
    for (const listener of listeners) listener(selection);
  }

  // Call `listener` with every new selection, and once now.
  function subscribe(listener) {
    listeners.push(listener);
    listener(current());
  }

  // The back button, and a fragment that is typed in: both are a popstate.
  window.addEventListener("popstate", notify);

  hyperatlas.selection = { open, parse, format, mask, current, change, subscribe };
})();
