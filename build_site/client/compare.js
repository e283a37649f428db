// Compare: does a hyper-parameter matter, and when? Also drawn on the pages of the questions, which
// fix the parameter and the panels.
"use strict";

(() => {
  const { compareWords, comparison, dom, foldedTable, format, layout, palette, plots, selection, study } = hyperatlas;
  const MOST_SERIES = 8; // values drawn: as many as there are hues; the table has them all
  const STATISTICS = { mean: "Mean", median: "Median", share: "Share in the top 10 %" };
  const MEASURES = { percentile: "Percentile", raw: study.metricLabel, ...(study.hasRelative ? { relative: "Relative" } : {}) };
  const root = document.getElementById("compare");
  const find = (name) => root.querySelector(`[data-part="${name}"]`);
  const preset = {
    parameter: root.dataset.parameter,
    panels: root.dataset.panels ? JSON.parse(root.dataset.panels) : null,
    pair: root.dataset.pair ? JSON.parse(root.dataset.pair) : [],
  };

  // Pixels that the panels may take. Asking the page each time would lay it out once more.
  let width = 0;

  // A level in an address, where an empty text would say nothing: the value "" is written as JSON,
  // and so is what could be taken for it.
  const levelText = ({ key }) => (key === "" || key.startsWith('"') ? JSON.stringify(key) : key);

  // What the address says about this page, completed by what holds if it says nothing.
  function read({ view }) {
    const named = (name) => study.parameters.findIndex((parameter) => parameter.name === name);
    const subject = preset.parameter ? named(preset.parameter) : named(view.parameter);
    const parameter = Math.max(0, subject);
    const levels = study.parameters[parameter].levels;
    const value = (text) => levels.findIndex((level) => levelText(level) === text);
    const asked = [value(view.first), value(view.second)];
    const pair = asked.includes(-1) || asked[0] === asked[1]
      ? preset.pair.map((key) => levels.findIndex((level) => level.key === key)) : asked;
    const panels = comparison.telling(comparison.axes(study), parameter).map(({ key }) => key)
      .filter((key) => preset.panels === null || preset.panels.includes(key));
    const single = panels.length === 1 ? panels[0] : null;
    return {
      parameter,
      statistic: Object.hasOwn(STATISTICS, view.statistic ?? "") ? view.statistic : "mean",
      measure: Object.hasOwn(MEASURES, view.measure ?? "") ? view.measure : "percentile",
      facet: view.facet === "dataset" && study.datasets.length > 1,
      within: view.within === "1",
      pair: pair.length === 2 ? pair : null,
      keys: preset.panels,
      enlarged: single ?? (panels.includes(view.panel) ? view.panel : null),
      single,
    };
  }

  const change = (view) => selection.change({ view });

  function fillSelect(select, options, chosen, onChange) {
    select.replaceChildren(...Object.entries(options).map(([value, label]) =>
      dom.element("option", { value }, label)));
    select.value = chosen;
    select.onchange = () => onChange(select.value);
  }

  function showControls(state, compared) {
    const { levels } = study.parameters[state.parameter];
    if (find("parameter")) {
      const names = Object.fromEntries(study.parameters.map((each) => [each.name, each.label]));
      const chosen = study.parameters[state.parameter].name;
      fillSelect(find("parameter"), names, chosen, (parameter) =>
        change({ parameter, first: "", second: "", panel: "" }));
    }
    fillSelect(find("statistic"), STATISTICS, state.statistic, (name) =>
      change({ statistic: name === "mean" ? "" : name }));
    fillSelect(find("measure"), MEASURES, state.statistic === "share" ? "percentile" : state.measure,
      (name) => change({ measure: name === "percentile" ? "" : name }));
    find("measure").disabled = state.statistic === "share";
    const values = Object.fromEntries(levels.map((level, place) => [place, level.label]));
    const text = (place) => (place in levels ? levelText(levels[place]) : "");
    const [first, second] = compared.pair;
    fillSelect(find("first"), values, first, (place) =>
      change({ first: text(place), second: text(Number(place) === second ? first : second) }));
    fillSelect(find("second"), values, second, (place) =>
      change({ first: text(Number(place) === first ? second : first), second: text(place) }));
    find("facet").setAttribute("aria-pressed", String(state.facet));
  }

  // The values that are drawn: the two that are contrasted and the commonest others, in the order of
  // the parameter.
  function drawn(state, { overall, subject, pair }) {
    const used = [...overall.keys()].filter((place) => overall[place].n > 0);
    const rank = (place) => (pair.includes(place) ? Infinity : overall[place].n);
    const most = used.sort((a, b) => Math.sign(rank(b) - rank(a))).slice(0, MOST_SERIES);
    return most.sort((a, b) => a - b).map((place) => ({
      place, label: subject.levels[place], ...palette.level(state.parameter, place),
    }));
  }

  function showWords(chosen, state, compared, words, counts) {
    const { headline, details } = compareWords.verdict(study, compared, words);
    find("headline").textContent = headline;
    find("details").textContent = details;
    const used = compared.overall.filter(({ n }) => n > 0).length;
    find("notes").textContent = [
      absence(compared, state),
      `${format.allRuns(study, counts.compared)} compared${counts.diverged ? ", " : "."}`
        + divergedWords(state, counts.diverged),
      used > MOST_SERIES ? `${MOST_SERIES} of ${used} values are drawn, the two contrasted and the commonest; the table has all.` : "",
    ].filter(Boolean).join(" ");
    const ranged = chosen.from !== null || chosen.to !== null;
    find("range").hidden = !ranged;
    find("within").setAttribute("aria-pressed", String(state.within));
  }

  // That the two values asked for cannot be contrasted, and what is shown in their place.
  function absence({ subject, pair, absent }, { pair: asked }) {
    if (absent.length === 0) return "";
    const [first, second] = asked.map((place) => subject.levels[place]);
    const without = absent.map((place) => subject.levels[place]).join(" or ");
    const instead = pair.length < 2 ? "" : `; ${pair.map((place) => subject.levels[place]).join(" and ")} are compared instead`;
    return `The selection leaves no ${format.aRun(study)} with ${without} to compare ${first} with ${second}${instead}.`;
  }

  function divergedWords({ statistic, measure }, diverged) {
    if (diverged === 0) return "";
    const count = `${format.count(diverged)} diverged`;
    return statistic === "share" || measure === "percentile"
      ? `${count} among them and ranked last.` : `without ${count}, which have no value.`;
  }

  // The runs of a mask that are compared, and those of it that diverged.
  function count(mask, { statistic, measure }) {
    const values = study.columns[statistic === "share" ? "percentile" : measure];
    const counts = { compared: 0, diverged: 0 };
    for (let i = 0; i < study.runs; i++) {
      if (!mask[i]) continue;
      if (!Number.isNaN(values[i])) counts.compared += 1;
      counts.diverged += study.columns.diverged[i];
    }
    return counts;
  }

  function tableRows({ subject, pair, groups }, words) {
    const tips = compareWords.tips({ subject, pair }, words);
    const contrast = pair.map((place) => subject.levels[place]).join(" − ");
    return groups.flatMap(({ panels }) => panels.flatMap((panel) =>
      panel.levels.flatMap((level, place) => {
        const where = [panel.label, level, panel.dataset ?? "all"];
        const estimates = panel.estimates[place].flatMap((estimate, value) => {
          if (estimate.n === 0) return [];
          const { n, interval } = tips.tip(panel, place, { label: "" }, estimate);
          return [[...where, subject.levels[value], n, words.value(estimate.value), interval]];
        });
        const { n, text, interval } = tips.contrastTip(panel, place, panel.contrasts[place]);
        return [...estimates, [...where, contrast, n, text, interval]];
      })));
  }

  function fillTable({ compared, words }) {
    const heads = ["Panel", "Value", "Data set", compared.subject.label, "Runs", words.name, "95 % interval"];
    const table = document.getElementById("compare-table");
    table.tHead.replaceChildren(dom.element("tr", {},
      ...heads.map((head) => dom.element("th", { scope: "col" }, head))));
    table.tBodies[0].replaceChildren(...tableRows(compared, words).map((cells) =>
      dom.element("tr", {}, ...cells.map((cell) => dom.element("td", {}, cell)))));
  }

  // A button on each panel, or group of panels, that enlarges it; or one that shows all again.
  function showButtons(overlay, placement, state) {
    const first = new Map();
    for (const each of placement.placed) if (!first.has(each.group)) first.set(each.group, each);
    const at = ({ left, width, top }) => `left:${left + width - 22}px;top:${top + 2}px`;
    const made = state.single ? [] : [...first].map(([group, box]) => dom.element("button", {
      type: "button",
      class: "atlas-button compare-enlarge",
      style: at(box),
      "data-panel": group.key,
      "aria-label": state.enlarged ? "Show all panels" : `Enlarge ${group.label}`,
      title: state.enlarged ? "Show all panels (Escape)" : "Enlarge",
      click: () => (state.enlarged ? close() : change({ panel: group.key })),
    }, state.enlarged ? "×" : "⤢"));
    const focused = overlay.contains(document.activeElement)
      ? document.activeElement.dataset.panel : null;
    overlay.replaceChildren(...made);
    const again = focused && made.find((button) => button.dataset.panel === focused);
    if (again) again.focus({ preventScroll: !state.enlarged });
  }

  function close() {
    const panel = selection.current().view.panel;
    change({ panel: "" });
    root.querySelector(`.compare-enlarge[data-panel="${CSS.escape(panel)}"]`)?.focus();
  }

  function compute(chosen) {
    const state = read(chosen);
    const masks = selection.mask(study, chosen);
    const mask = state.within ? masks.selected : masks.baseline;
    const compared = comparison.compare(study, mask, state);
    return { chosen, state, mask, compared, words: compareWords.vocabulary(study, state) };
  }

  function draw(figure, stage, result) {
    const { state, compared, words } = result;
    const { groups, overall } = compared;
    const series = drawn(state, compared);
    const entries = series.map(({ place, label }) => `${label} (n = ${format.count(overall[place].n)})`);
    const shown = state.enlarged ? groups.filter(({ key }) => key === state.enlarged) : groups;
    const placement = layout.place(shown, entries, width, state.enlarged !== null);
    const columns = layout.columns(placement, series, compareWords.tips(compared, words));
    figure.height = placement.height;
    stage.firstElementChild.style.minHeight = `${placement.height}px`;
    figure.x_range.setv({ start: 0, end: placement.width });
    figure.y_range.setv({ start: 0, end: placement.height });
    for (const [name, data] of Object.entries(columns)) {
      plots.find(figure, name).data_source.data = data;
    }
    showButtons(stage.lastElementChild, placement, state);
  }

  function follow(figure, stage, chosen) {
    const result = compute(chosen);
    const { state, mask, compared, words } = result;
    showControls(state, compared);
    showWords(chosen, state, compared, words, count(mask, state));
    draw(figure, stage, result);
    for (const link of root.querySelectorAll("a[data-part='open']")) openInCompare(link, state, chosen, compared.pair);
    return result;
  }

  // A question's link to Compare takes the selection along, and what the question asks about.
  function openInCompare(link, { parameter, single }, chosen, pair) {
    const { levels } = study.parameters[parameter];
    const [first, second] = pair.map((place) => levelText(levels[place]));
    const name = study.parameters[parameter].name;
    const view = { ...chosen.view, parameter: name, panel: single ?? "", first, second };
    link.hash = selection.format({ ...chosen, view });
  }

  // The plot, and above it the buttons of its panels, in a place of the same size.
  function stageOf(place) {
    const stage = dom.element("div", { class: "compare-stage" });
    place.replaceWith(stage);
    stage.append(place, dom.element("div", { class: "compare-overlay" }));
    return stage;
  }

  async function start() {
    const stage = stageOf(document.getElementById("compare-plot"));
    width = stage.clientWidth;
    let result = null;
    const showTable = foldedTable.follow("compare-table", () => fillTable(result));
    const figure = await plots.draw("compare-plot", (made) =>
      selection.subscribe((chosen) => {
        result = follow(made, stage, chosen);
        showTable();
      }));
    new ResizeObserver(() => {
      if (stage.clientWidth === width) return;
      width = stage.clientWidth;
      draw(figure, stage, result);
    }).observe(stage);
    new MutationObserver(() => draw(figure, stage, result))
      .observe(document.body, { attributeFilter: ["data-md-color-scheme"] });
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !event.defaultPrevented && result.state.enlarged && !result.state.single) close();
    });
    find("facet").addEventListener("click", () =>
      change({ facet: result.state.facet ? "" : "dataset" }));
    find("within").addEventListener("click", () => change({ within: result.state.within ? "" : "1" }));
    find("facet").hidden = study.datasets.length < 2;
  }

  start();
})();
