// The selection: data sets, a performance range and parameter values, kept in the URL fragment.
//
//   #dataset=mnist&dataset=cifar10&metric=percentile&from=0.9&to=1&p.optimizer=adam&shown=raw
//
// An absent key leaves its part open. What the study does not know is ignored, so that a link
// survives a rebuild.
//
// How a page looks at the selection - its mode, the parameter it is about - is its `view`: texts by
// name, in the fragment as v.mode=interaction. It selects nothing, so a reset leaves it as it is;
// all but `search`, which leaves runs out of the table of page Runs.
"use strict";

(() => {
  const METRICS = ["percentile", "raw", "relative"];
  const listeners = [];

  // Nothing chosen. `values` has the keys of levels by the name of their parameter: a Map, since a
  // parameter may be called "constructor". `shown` is the measure on the overview's axis; like `view`
  // it selects nothing.
  const open = () => ({
    datasets: [], metric: "percentile", from: null, to: null, values: new Map(), shown: "raw", view: {},
  });

  function parse(fragment, study) {
    const query = new URLSearchParams(fragment.replace(/^#/, ""));
    const selection = open();
    const known = new Set(study.datasets.map((dataset) => dataset.name));
    selection.datasets = unique(query.getAll("dataset")).filter((name) => known.has(name));
    const metrics = METRICS.filter((name) => name !== "relative" || study.hasRelative);
    if (metrics.includes(query.get("metric"))) selection.metric = query.get("metric");
    if (metrics.includes(query.get("shown"))) selection.shown = query.get("shown");
    // Bounds on a measure that the study does not have mean nothing on another.
    const meant = !METRICS.includes(query.get("metric")) || metrics.includes(query.get("metric"));
    const bounds = meant ? [number(query.get("from")), number(query.get("to"))] : [null, null];
    if (!bounds.includes(null)) bounds.sort((a, b) => a - b);
    [selection.from, selection.to] = bounds;
    for (const parameter of study.parameters) {
      const keys = new Set(parameter.levels.map((level) => level.key));
      const chosen = unique(query.getAll(`p.${parameter.name}`)).filter((key) => keys.has(key));
      if (chosen.length > 0) selection.values.set(parameter.name, chosen);
    }
    selection.view = parseView(query);
    return selection;
  }

  // Any v.NAME=TEXT; of several of one name the first.
  function parseView(query) {
    const names = unique(query.keys()).filter((key) => key.startsWith("v.") && query.get(key));
    return Object.fromEntries(names.map((key) => [key.slice(2), query.get(key)]));
  }

  // Whether an address asks for relative values of a study that has none.
  function missesRelative(fragment, study) {
    const query = new URLSearchParams(fragment.replace(/^#/, ""));
    return !study.hasRelative && ["metric", "shown", "v.measure"].some((key) => query.get(key) === "relative");
  }

  function format(selection) {
    const query = new URLSearchParams();
    for (const name of selection.datasets) query.append("dataset", name);
    if (selection.from !== null || selection.to !== null) {
      query.set("metric", selection.metric);
      if (selection.from !== null) query.set("from", selection.from);
      if (selection.to !== null) query.set("to", selection.to);
    }
    for (const [name, keys] of selection.values) {
      for (const key of keys) query.append(`p.${name}`, key);
    }
    if (selection.shown !== open().shown) query.set("shown", selection.shown);
    for (const [name, text] of Object.entries(selection.view)) {
      if (text) query.set(`v.${name}`, text);
    }
    return query.toString();
  }

  const unique = (items) => [...new Set(items)];

  function number(text) {
    const value = text === null || text.trim() === "" ? Number.NaN : Number(text);
    return Math.abs(value) < 1e30 ? value : null;
  }

  // Which runs the selection holds: two masks over the study's runs. `baseline` leaves the
  // performance range out; `selected` is all of it, `count` of them. Bounds are rounded to single
  // precision, like the columns: a run exactly at a bound is in. A run without the metric is only
  // in an open range.
  //
  // The bar and every view of a page ask for the same masks, so the last ones are kept: nobody may
  // write into them.
  let last = {};

  function mask(study, selection) {
    const { datasets, values, metric, from, to } = selection;
    const settings = JSON.stringify([datasets, [...values]]);
    const range = JSON.stringify([metric, from, to]);
    const same = last.study === study && last.settings === settings;
    if (same && last.range === range) return last.masks;
    const baseline = same ? last.masks.baseline : baselineMask(study, selection);
    last = { study, settings, range, masks: { baseline, ...selectedMask(study, selection, baseline) } };
    return last.masks;
  }

  function baselineMask(study, selection) {
    const baseline = new Uint8Array(study.runs).fill(1);
    keepOnly(baseline, study.columns.dataset, study.datasets, "name", selection.datasets);
    for (const parameter of study.parameters) {
      const levels = study.columns[`level:${parameter.name}`];
      const chosen = selection.values.get(parameter.name) ?? [];
      keepOnly(baseline, levels, parameter.levels, "key", chosen);
    }
    return baseline;
  }

  function selectedMask(study, selection, baseline) {
    const selected = baseline.slice();
    if (selection.from !== null || selection.to !== null) {
      const metric = study.columns[selection.metric];
      const from = Math.fround(selection.from ?? -Infinity);
      const to = Math.fround(selection.to ?? Infinity);
      for (let i = 0; i < study.runs; i++) {
        if (!(metric[i] >= from && metric[i] <= to)) selected[i] = 0;
      }
    }
    let count = 0;
    for (let i = 0; i < study.runs; i++) count += selected[i];
    return { selected, count };
  }

  // Clear the runs whose code is not that of a chosen item; nothing chosen keeps all.
  function keepOnly(runs, codes, items, key, chosen) {
    if (chosen.length === 0) return;
    const wanted = new Set(chosen);
    const keep = Uint8Array.from(items, (item) => (wanted.has(item[key]) ? 1 : 0));
    for (let i = 0; i < runs.length; i++) runs[i] &= keep[codes[i]];
  }

  // What a gesture in progress would select, or null.
  let previewed = null;

  const current = () => previewed ?? parse(location.hash, hyperatlas.study);

  // The selection with some parts changed. Of `view` only the names given change; an empty text
  // takes one out.
  function changed(parts) {
    const before = current();
    const merged = { ...before, ...parts, view: { ...before.view, ...parts.view } };
    return parse(format(merged), hyperatlas.study);
  }

  // Change some parts of the selection: a step in the browser's history. (Setting location.hash to
  // nothing would scroll to the top of the page.)
  function change(parts) {
    const fragment = format(changed(parts));
    previewed = null;
    if (fragment !== format(parse(location.hash, hyperatlas.study))) {
      const address = fragment ? `#${fragment}` : location.pathname + location.search;
      history.pushState(null, "", address);
    }
    notify();
  }

  // Show what `parts` would select, many times a second if need be, without a step in the history:
  // browsers refuse an address that changes at every move of a pointer. `change` ends it.
  function preview(parts) {
    previewed = changed(parts);
    notify();
  }

  function notify() {
    const selection = current();
    for (const listener of listeners) listener(selection);
  }

  // Select everything; how the page looks at it stays.
  const reset = () => change({ ...open(), shown: current().shown, view: { search: "" } });

  // Call `listener` with every new selection, and once now.
  function subscribe(listener) {
    listeners.push(listener);
    listener(current());
  }

  // The back button, and a fragment that is typed in: both are a popstate.
  window.addEventListener("popstate", () => {
    previewed = null;
    notify();
  });

  hyperatlas.selection = { open, missesRelative, parse, format, mask, current, change, preview, reset, subscribe };
})();
