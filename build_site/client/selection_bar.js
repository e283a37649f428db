// The selection bar on top of every analysis page: it shows the selection and changes it.
//
// Its first line says what is selected and stays in sight. The controls below it scroll away with
// the page; from further down (and on a phone always) a button opens them.
"use strict";

(() => {
  const { element, toggle } = hyperatlas.dom;
  const { format, rangeControl, selection, selectionWords } = hyperatlas;
  const SLIVER = 24; // pixels of the controls that are too little to use
  const QUIET = 700; // milliseconds without a change before a screen reader is told

  // Items with `item` taken out if it is there, put in if it is not.
  const toggled = (items, item) =>
    items.includes(item) ? items.filter((other) => other !== item) : [...items, item];

  function build(bar, study) {
    const datasets = element("div", { role: "group", "aria-label": "Data sets", class: "atlas-bar__group" });
    const range = rangeControl.build(study);
    const parameters = element("details", { class: "atlas-bar__parameters atlas-fold" });
    const controls = element(
      "div", { class: "atlas-bar__controls", id: "selection-controls", role: "group", "aria-label": "Change the selection" },
      ...(study.datasets.length > 1 ? [element("div", { class: "atlas-bar__row" }, label("Data sets"), datasets)] : []),
      element("div", { class: "atlas-bar__row" }, label("Performance"), range.group),
      parameters,
    );
    const place = element("div", { class: "atlas-bar__place" }, controls);
    const state = buildState(study);
    bar.append(state.row, place);
    fillDatasets(datasets, study);
    fillParameters(parameters, study);
    buildOpening(bar, state, place, controls);

    selection.subscribe((chosen) => {
      showDatasets(datasets, chosen);
      range.show(chosen);
      showParameters(parameters, chosen);
      state.show(chosen);
    });
  }

  // A long one is cut after two lines; resting on it shows all.
  const label = (text) => element("span", { class: "atlas-bar__label", title: text }, text);

  // The line that stays in sight: how many runs, each thing chosen, and what to do with it all.
  function buildState(study) {
    const open = element("button", {
      type: "button", class: "atlas-button atlas-bar__open", "aria-expanded": "false", "aria-controls": "selection-controls",
    }, "Filters");
    const summary = element("span", { class: "atlas-bar__summary" });
    const chips = element("span", { class: "atlas-bar__chips" });
    const heard = element("span", { role: "status", class: "atlas-unseen" });
    const copy = element("button", { type: "button", class: "atlas-button atlas-bar__copy", click: copyLink }, "Copy link");
    const reset = element("button", { type: "button", class: "atlas-button atlas-bar__reset", click: selection.reset }, "Reset");
    const row = element(
      "div", { class: "atlas-bar__state", role: "group", "aria-label": "Selection" },
      open, summary, chips, heard, copy, reset,
    );
    let timer;

    function show(chosen) {
      const { count } = selection.mask(study, chosen);
      summary.textContent = summarise(study, chosen);
      const parts = selectionWords.parts(study, chosen);
      chips.replaceChildren(...parts.map((part) => chip(part, reset)));
      row.classList.toggle("atlas-bar__state--chosen", parts.length > 0);
      const before = timer;
      clearTimeout(timer);
      timer = setTimeout(() => {
        const words = selectionWords.sentence(study, chosen, count);
        // What a page says of itself when it opens need not be said again.
        if (before !== undefined && heard.textContent !== words) heard.textContent = words;
      }, QUIET);
    }

    return { row, open, show };
  }

  // A thing chosen, as a button that takes it out again.
  function chip(part, reset) {
    return element("button", {
      type: "button", class: "atlas-chip atlas-chip--active", "aria-label": `Remove ${part.label}`,
      click: () => {
        selection.change(part.without);
        // The button is gone with its filter; who used the keyboard goes on from here.
        reset.focus();
      },
    }, element("span", { class: "atlas-chip__text" }, part.label), " ×");
  }

  // Opens and closes the controls: in their place where that is in sight, over the page elsewhere.
  function buildOpening(bar, state, place, controls) {
    const shown = { away: false, open: false, floating: false };
    const end = element("div", { class: "atlas-bar__end" });
    place.append(end);

    function float() {
      const { bottom, left, width } = state.row.getBoundingClientRect();
      Object.assign(controls.style, { top: `${bottom}px`, left: `${left}px`, width: `${width}px` });
    }

    function set(changes) {
      Object.assign(shown, changes);
      // What floats leaves its place as high as it was, so that the page does not move.
      const { height } = place.getBoundingClientRect();
      place.style.minHeight = shown.floating ? `${height}px` : "";
      bar.classList.toggle("atlas-bar--away", shown.away);
      bar.classList.toggle("atlas-bar--open", shown.open);
      bar.classList.toggle("atlas-bar--floating", shown.floating);
      if (shown.floating) float();
      else controls.removeAttribute("style");
      const expanded = String(shown.floating || (shown.open && !shown.away));
      if (state.open.getAttribute("aria-expanded") !== expanded) state.open.setAttribute("aria-expanded", expanded);
    }

    state.open.addEventListener("click", () => {
      if (shown.floating) set({ floating: false, open: false });
      else if (shown.away) set({ floating: true });
      else set({ open: !shown.open });
    });
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || event.defaultPrevented || !shown.floating) return;
      if (document.querySelector("dialog[open]")) return; // it is that which closes
      event.preventDefault(); // one press closes one thing
      set({ floating: false, open: false });
      state.open.focus();
    });
    new ResizeObserver(() => shown.floating && float()).observe(state.row);
    const header = document.querySelector(".md-header")?.offsetHeight ?? 0;
    const covered = header + state.row.offsetHeight + SLIVER;
    new IntersectionObserver(([entry]) => {
      const away = !entry.isIntersecting && entry.boundingClientRect.top < covered + 1;
      set(away ? { away } : { away, floating: false });
    }, { rootMargin: `-${covered}px 0px 0px 0px` }).observe(end);
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

  function fillParameters(details, study) {
    details.append(element("summary", {}, "+ Filter by hyper-parameter"));
    for (const parameter of study.parameters) {
      const buttons = parameter.levels.map((level) => {
        const button = toggle(level.label, false, () => {
          const { values } = selection.current();
          const keys = toggled(values.get(parameter.name) ?? [], level.key);
          selection.change({ values: new Map(values).set(parameter.name, keys) });
        });
        button.dataset.parameter = parameter.name;
        button.dataset.level = level.key;
        return button;
      });
      details.append(element(
        "div", { role: "group", "aria-label": parameter.label, class: "atlas-bar__row" },
        label(parameter.label),
        element("div", { class: "atlas-bar__group" }, ...buttons),
      ));
    }
  }

  function showParameters(details, chosen) {
    for (const button of details.querySelectorAll("button")) {
      const keys = chosen.values.get(button.dataset.parameter) ?? [];
      button.setAttribute("aria-pressed", keys.includes(button.dataset.level));
    }
  }

  // "128 of 640 runs · best 98.5 % (MNIST)"
  function summarise(study, chosen) {
    const { selected, count } = selection.mask(study, chosen);
    const parts = [`${format.count(count)} of ${format.allRuns(study)}`];
    const whole = chosen.from === null && chosen.to === null && chosen.values.size === 0;
    const best = study.sampledFrom && whole ? bestOfAll(study, chosen) : bestOf(study, selected);
    if (best) {
      const where = study.datasets.length > 1 ? ` (${best.dataset.label})` : "";
      const word = study.sampledFrom && !whole ? "best sampled" : "best";
      parts.push(`${word} ${format.metric(best.value, study.isShare)}${where}`);
    }
    if (selection.missesRelative(location.hash, study)) parts.push("the link asks for relative values, of which this study has none");
    return parts.join(" · ");
  }

  // The best of the selected runs that the page has; null if none has a value.
  function bestOf(study, selected) {
    const { raw, dataset } = study.columns;
    const sign = study.direction === "maximize" ? 1 : -1;
    let best = -1;
    let highest = -Infinity;
    for (let i = 0; i < study.runs; i++) {
      // No comparison with NaN holds.
      if (selected[i] && sign * raw[i] > highest) {
        highest = sign * raw[i];
        best = i;
      }
    }
    return best < 0 ? null : { value: raw[best], dataset: study.datasets[dataset[best]] };
  }

  // The best of all runs on the chosen data sets, of which a sample lacks most.
  function bestOfAll(study, { datasets }) {
    const sign = study.direction === "maximize" ? 1 : -1;
    const known = study.datasets.filter(({ name, best }) =>
      best !== null && (datasets.length === 0 || datasets.includes(name)));
    const [dataset] = known.sort((a, b) => sign * (b.best - a.best));
    return dataset ? { value: dataset.best, dataset } : null;
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
