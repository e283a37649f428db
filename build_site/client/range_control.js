// The part of the selection bar that chooses a range of performance: presets, a slider of two
// handles over the distribution, and two numbers.
"use strict";

(() => {
  const { dom, format, performance, selection } = hyperatlas;
  const { element, toggle } = dom;

  const PRESETS = [
    { label: "Top 1 %", from: 0.99, to: 1 },
    { label: "Top 10 %", from: 0.9, to: 1 },
    { label: "Top half", from: 0.5, to: 1 },
    { label: "Bottom half", from: 0, to: 0.5 },
    { label: "Bottom 10 %", from: 0, to: 0.1 },
    { label: "Any", from: null, to: null },
  ];
  const STEPS = 200; // of the slider: half a percent
  const BARS = performance.BINS / 2; // ranks of few runs would make a comb of more
  const SETTLED = 200; // milliseconds after the last stroke of a key

  function build(study) {
    const names = format.metricNames(study);
    const metric = element("select", { "aria-label": "Measure of performance" },
      ...Object.entries(names).sort().map(([value, label]) => element("option", { value }, label)));
    const presets = buildPresets();
    const numbers = buildNumbers(study, metric);
    const slider = buildSlider(study, metric);
    // Bounds on one measure mean nothing on another.
    metric.addEventListener("change", () =>
      selection.change({ metric: metric.value, from: null, to: null }));

    function show(chosen) {
      if (chosen.from !== null || chosen.to !== null) metric.value = chosen.metric;
      for (const part of [presets, numbers, slider]) part.show(chosen);
    }

    const group = element(
      "div", { role: "group", "aria-label": "Performance", class: "atlas-bar__group" },
      presets.group,
      element("span", { class: "atlas-bar__range" }, metric, slider.group, numbers.group),
    );
    return { group, show };
  }

  function buildPresets() {
    const presets = PRESETS.map((preset) => ({
      ...preset,
      button: toggle(preset.label, false, () =>
        selection.change({ metric: "percentile", from: preset.from, to: preset.to })),
    }));

    function show({ metric, from, to }) {
      const any = from === null && to === null;
      for (const preset of presets) {
        const same = preset.from === null
          ? any
          : !any && metric === "percentile" && preset.from === (from ?? 0) && preset.to === (to ?? 1);
        preset.button.setAttribute("aria-pressed", String(same));
      }
    }

    return { group: element("span", { class: "atlas-bar__group" }, ...presets.map((p) => p.button)), show };
  }

  function buildNumbers(study, metric) {
    const bound = (label) => element("input", { type: "number", step: "any", "aria-label": label });
    const from = bound("At least");
    const to = bound("At most");
    const unit = element("span", {}, "%");
    const scale = () => (format.isShare(study, metric.value) ? 100 : 1);
    const typed = (input) => (input.value.trim() === "" ? null : Number(input.value) / scale());
    const apply = () => selection.change({ metric: metric.value, from: typed(from), to: typed(to) });
    from.addEventListener("change", apply);
    to.addEventListener("change", apply);

    function show(chosen) {
      unit.hidden = scale() === 1;
      for (const [input, value] of [[from, chosen.from], [to, chosen.to]]) {
        input.value = value === null ? "" : Number((value * scale()).toPrecision(6));
      }
    }

    return { group: element("span", { class: "atlas-bar__numbers" }, from, "to", to, unit), show };
  }

  function buildSlider(study, metric) {
    const handle = (label, value) => element("input", {
      type: "range", min: 0, max: STEPS, value, "aria-label": label, class: "atlas-range__handle",
    });
    const low = handle("Lower end of the range", 0);
    const high = handle("Upper end of the range", STEPS);
    const bars = distribution();
    const group = element("span", { class: "atlas-range" }, bars.drawing, low, high);
    const moved = new Set(); // handles since the last change: the other bound stays as it is
    const asked = () => bounds(study, metric.value, low, high, moved);
    const commit = settled(() => {
      selection.change(asked());
      moved.clear();
    });
    const preview = onceAFrame(() => selection.preview(asked()));
    for (const input of [low, high]) {
      input.addEventListener("input", () => {
        moved.add(input);
        // Handles may meet, not cross.
        const [bound, limit] = input === low ? [high, Math.min] : [low, Math.max];
        input.value = limit(Number(input.value), Number(bound.value));
        preview();
      });
      // Each stroke of a key is a change, and so is letting go of a handle.
      let held = false;
      input.addEventListener("pointerdown", () => { held = true; });
      input.addEventListener("change", () => {
        commit.soon();
        if (held) commit.now();
        held = false;
      });
      input.addEventListener("blur", commit.now);
    }

    function show(chosen) {
      const [least, most] = performance.extent(study, metric.value);
      const isShare = format.isShare(study, metric.value);
      for (const [input, value, end] of [[low, chosen.from, least], [high, chosen.to, most]]) {
        input.value = Math.round((((value ?? end) - least) / (most - least)) * STEPS);
        input.setAttribute("aria-valuetext", format.bound(value ?? end, isShare));
      }
      // Where both handles stand at the right end, the lower one must be the one on top.
      low.classList.toggle("atlas-range__handle--front", Number(low.value) > STEPS / 2);
      const { baseline, selected } = selection.mask(study, chosen);
      bars.show({
        baseline: performance.histogram(study, metric.value, baseline),
        selected: performance.histogram(study, metric.value, selected),
      });
    }

    return { group, show };
  }

  // A handle at its end of the slider leaves that end open; one that did not move keeps its bound.
  function bounds(study, metric, low, high, moved) {
    const [least, most] = performance.extent(study, metric);
    const value = (input) => least + (Number(input.value) / STEPS) * (most - least);
    const round = (bound) => Number(bound.toPrecision(4));
    const chosen = selection.current();
    const kept = chosen.metric === metric ? chosen : { from: null, to: null };
    const at = (input, end, bound) => {
      if (!moved.has(input)) return bound;
      return Number(input.value) === end ? null : round(value(input));
    };
    return { metric, from: at(low, 0, kept.from), to: at(high, STEPS, kept.to) };
  }

  // Bars behind the slider: pale what the other filters leave, strong what is selected.
  function distribution() {
    const svg = (name, attributes) => {
      const made = document.createElementNS("http://www.w3.org/2000/svg", name);
      for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
      return made;
    };
    const paths = {
      baseline: svg("path", { class: "atlas-range__baseline" }),
      selected: svg("path", { class: "atlas-range__selected" }),
    };
    const drawing = svg("svg", {
      class: "atlas-range__bars", viewBox: `0 0 ${BARS} 1`, preserveAspectRatio: "none", "aria-hidden": "true",
    });
    drawing.append(paths.baseline, paths.selected);

    function show(counts) {
      const tallest = Math.max(1, ...heights(counts.baseline));
      for (const [name, path] of Object.entries(paths)) {
        const steps = heights(counts[name]).map((height, bar) =>
          `V${(1 - height / tallest).toFixed(3)}H${bar + 1}`);
        path.setAttribute("d", `M0 1${steps.join("")}V1Z`);
      }
    }

    return { drawing, show };
  }

  const heights = (counts) =>
    Array.from({ length: BARS }, (_, bar) => counts[2 * bar] + counts[2 * bar + 1]);

  // Call `action` when it has not been asked for again for a while; `now` if it is still due.
  function settled(action) {
    let timer = null;
    const now = () => {
      if (timer === null) return;
      clearTimeout(timer);
      timer = null;
      action();
    };
    const soon = () => {
      clearTimeout(timer);
      timer = setTimeout(now, SETTLED);
    };
    return { soon, now };
  }

  // Call `action` at most once before the browser draws again.
  function onceAFrame(action) {
    let asked = false;
    return () => {
      if (asked) return;
      asked = true;
      requestAnimationFrame(() => {
        asked = false;
        action();
      });
    };
  }

  hyperatlas.rangeControl = { build };
})();
