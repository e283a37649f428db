// The axes of parallel coordinates: where every run crosses them. Heights go from 0 to 1.
//
// An axis is made of slots, which a drag or click chooses: the values of a parameter, data sets, or
// quarters of a numeric parameter's runs. A run crosses a slot of single values anywhere in its
// band, so that runs of one value do not fall on one point.
"use strict";

(() => {
  const { format } = hyperatlas;
  const BINS = 48; // of an axis of numbers
  const FLOOR = 0.1; // below it are, on an axis of numbers, the runs without one
  const BAND = 0.7; // share of a slot's height that its band takes

  function build(study, part, measure) {
    const datasets = study.datasets.map((dataset) => ({ key: dataset.name, label: dataset.label }));
    return [
      levelAxis({ id: "dataset", label: "Data set", codes: study.columns.dataset, levels: datasets, upward: false }),
      ...study.parameters.map((parameter) => parameterAxis(study, part, parameter)),
      metricAxis(study, measure),
    ];
  }

  function parameterAxis(study, part, parameter) {
    const codes = study.columns[`level:${parameter.name}`];
    const named = { id: `p.${parameter.name}`, parameter: parameter.name, label: parameter.label, codes, levels: parameter.levels };
    const isRange = parameter.kind === "numeric"
      && parameter.levels.some((level) => level.key.startsWith("quarter-"));
    if (!isRange) return levelAxis({ ...named, upward: parameter.kind !== "categorical" });
    const values = study.columns[`value:${parameter.name}`];
    const scale = numberScale(values, part.scales[parameter.name] === "log");
    return { ...named, ...numbers(scale, values), slots: quarterSlots(named, values, scale) };
  }

  // One slot a value, of equal height: the first on top, or at the bottom where values ascend.
  function levelAxis({ levels, upward, ...named }) {
    const height = 1 / levels.length;
    const slots = levels.map((level, place) => {
      const low = (upward ? place : levels.length - 1 - place) * height;
      return { ...level, low, high: low + height };
    });
    const margin = (height * (1 - BAND)) / 2;
    return {
      ...named, slots,
      bins: named.codes,
      low: Float32Array.from(slots, (slot) => slot.low + margin),
      high: Float32Array.from(slots, (slot) => slot.high - margin),
    };
  }

  // Number -> height, from FLOOR to 1. Without two different numbers all are in the middle.
  function numberScale(values, isLog, within = [-Infinity, Infinity]) {
    let low = Infinity;
    let high = -Infinity;
    for (const value of values) {
      if (!Number.isFinite(value)) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
    low = Math.max(low, within[0]);
    high = Math.min(high, within[1]);
    const warp = isLog && low > 0 ? Math.log : (value) => value;
    const [from, to] = [warp(low), warp(high)];
    const height = (value) => {
      const share = from < to ? (warp(value) - from) / (to - from) : 0.5;
      return FLOOR + (1 - FLOOR) * Math.min(1, Math.max(0, share));
    };
    const unwarp = warp === Math.log ? Math.exp : (value) => value;
    const value = (at) => unwarp(from + ((at - FLOOR) / (1 - FLOOR)) * (to - from));
    return { low, high, height, value };
  }

  // Bins of equal height, and one at the bottom for runs without a number.
  function numbers(scale, values) {
    const bins = new Uint8Array(values.length).fill(BINS);
    const step = (1 - FLOOR) / BINS;
    for (let i = 0; i < values.length; i++) {
      if (Number.isFinite(values[i])) {
        bins[i] = Math.min(BINS - 1, Math.floor((scale.height(values[i]) - FLOOR) / step));
      }
    }
    const places = Array.from({ length: BINS }, (_, bin) => FLOOR + bin * step);
    return {
      bins, scale, values,
      low: Float32Array.from([...places, 0.02]),
      high: Float32Array.from([...places.map((place) => place + step), 0.05]),
    };
  }

  // Quarters from the smallest number of each to that of the next.
  function quarterSlots({ codes, levels }, values, scale) {
    const smallest = levels.map(() => Infinity);
    for (let i = 0; i < values.length; i++) {
      if (Number.isFinite(values[i])) smallest[codes[i]] = Math.min(smallest[codes[i]], values[i]);
    }
    return levels.map((level, place) => {
      if (level.missing) return { ...level, low: 0, high: FLOOR / 2 };
      const next = smallest[place + 1] ?? Infinity;
      const high = Number.isFinite(next) ? scale.height(next) : 1;
      return { ...level, low: scale.height(smallest[place]), high, from: smallest[place] };
    });
  }

  // The last axis. Runs much worse than guessing are drawn at its lower end, as on the overview.
  function metricAxis(study, measure) {
    const values = study.columns[measure];
    const isShare = format.isShare(study, measure);
    const found = numberScale(values, false, isShare ? [-0.5, 1] : undefined);
    const scale = found.low <= found.high ? found : numberScale([0, 1], false);
    const label = measure === "raw" ? study.metricLabel : measure[0].toUpperCase() + measure.slice(1);
    return { id: "metric", measure, isShare, label, slots: [], ...numbers(scale, values) };
  }

  // Where one run crosses an axis: within its band at a place of its own, the same every time.
  function crossing(axis, place, run) {
    if (axis.values && Number.isFinite(axis.values[run])) return axis.scale.height(axis.values[run]);
    const bin = axis.bins[run];
    return axis.low[bin] + (axis.high[bin] - axis.low[bin]) * scatter(run, place);
  }

  // A number in [0, 1) for a run and an axis ("lowbias32" of C. Wellons).
  function scatter(run, place) {
    let hash = Math.imul(run + 1, 0x9e3779b1) ^ Math.imul(place + 1, 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 16), 0x7feb352d);
    hash = Math.imul(hash ^ (hash >>> 15), 0x846ca68b);
    return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
  }

  // What a drag from height `low` to `high` chooses on an axis: a part of the selection.
  function brushed(axis, low, high, current) {
    if (axis.id === "metric") {
      // A drag beyond an end of the axis leaves that end open.
      const bound = (at) => Number(axis.scale.value(at).toPrecision(4));
      return {
        metric: axis.measure,
        from: low <= FLOOR ? null : bound(low),
        to: high >= 1 ? null : bound(high),
      };
    }
    const inside = axis.slots.filter((slot) => slot.low < high && slot.high > low);
    return choosing(axis, inside.map((slot) => slot.key), current);
  }

  // A value in or out.
  function toggled(axis, slot, current) {
    const keys = chosen(axis, current);
    const without = keys.filter((key) => key !== slot.key);
    return choosing(axis, without.length < keys.length ? without : [...keys, slot.key], current);
  }

  // All values are the same as none: everything.
  function choosing(axis, keys, current) {
    const kept = keys.length === axis.slots.length ? [] : keys;
    if (axis.id === "dataset") return { datasets: kept };
    return { values: new Map(current.values).set(axis.parameter, kept) };
  }

  const chosen = (axis, current) =>
    (axis.id === "dataset" ? current.datasets : current.values.get(axis.parameter) ?? []);

  hyperatlas.parallelAxes = { build, crossing, brushed, toggled, chosen };
})();
