// Advisor: controls for what is given, and the answers for the rest, recomputed with every change.
"use strict";

(() => {
  const { advisorAnswers, advisorState, dom, format, parts, selection, snippetBlock, study } = hyperatlas;
  const part = parts.advice;
  const MOST_VALUES = 12; // of a parameter in the table; the others are worse
  const find = (name) => document.querySelector(`[data-part="${name}"]`);

  const label = (i, level) => study.parameters[i].levels[level].label;
  const whole = (share) => String(Math.round(share * 100));

  // "94 % [90, 97]"
  const percentage = ({ value, low, high }) => `${whole(value)}\u00a0% [${whole(low)}, ${whole(high)}]`;

  // "4.1 [1.0, 7.2] points"
  const points = ({ value, low, high }) => `${tenth(value)} [${tenth(low)}, ${tenth(high)}]`;
  const tenth = (share) => {
    const text = (Math.round(share * 1000) / 10).toFixed(1);
    return text.startsWith("-") ? (text === "-0.0" ? "0.0" : `−${text.slice(1)}`) : text;
  };

  function metric({ value, low, high }) {
    const text = (x) => (Number.isNaN(x) ? "diverged" : format.metric(x, study.isShare));
    const ends = study.direction === "maximize" ? [low, high] : [high, low];
    return `${text(value)} [${ends.map(text).join(", ")}]`;
  }

  // A parameter that does not exist with the values of others is not there.
  const there = (configuration) => configuration.flatMap((level, i) => (
    study.parameters[i].levels[level].missing && part.conditional.includes(i) ? [] : [[i, level]]));

  const words = (configuration) => there(configuration).map(([i, level]) =>
    `${study.parameters[i].spoken} ${label(i, level)}`).join(" · ");

  // Controls.

  function buildControls() {
    const goal = find("goal");
    goal.append(...advisorState.goals.map(({ key, label: text }) => dom.element("option", { value: key }, text)));
    goal.addEventListener("change", () => selection.change({ view: { goal: goal.value } }));
    find("controls").append(...study.parameters.map((parameter, i) => control(parameter, i)));
    find("free").addEventListener("click", () => selection.change({
      view: Object.assign({}, ...study.parameters.map((_, i) => advisorState.freeing(i))),
    }));
  }

  function control(parameter, i) {
    const levels = advisorState.offered(i);
    const select = dom.element("select", { "aria-label": parameter.label, "data-parameter": parameter.name },
      dom.element("option", { value: "" }, "free"),
      ...levels.map((level) => dom.element("option", { value: level }, label(i, level))));
    select.addEventListener("change", () => selection.change({
      view: select.value === "" ? advisorState.freeing(i) : advisorState.fixing(i, Number(select.value)),
    }));
    const boxes = part.usable[i].map((level) => {
      const box = dom.element("input", { type: "checkbox", "data-level": level });
      box.addEventListener("change", () => selection.change({ view: advisorState.freeing(i, without(select.parentElement)) }));
      return dom.element("label", {}, box, ` ${label(i, level)}`);
    });
    const folded = dom.element("details", { class: "atlas-fold" }, dom.element("summary", {}, "consider"), ...boxes);
    folded.hidden = boxes.length < 2;
    return dom.element("div", { class: "advisor-control" },
      dom.element("span", { class: "advisor-control__label" }, parameter.label), select, folded);
  }

  const without = (place) => [...place.querySelectorAll("input")].filter((box) => !box.checked)
    .map((box) => Number(box.dataset.level));

  function showControls({ goal, controls }) {
    find("goal").value = goal.key;
    controls.forEach((state, i) => {
      const place = find("controls").children[i];
      place.querySelector("select").value = state.mode === "fixed" ? state.fixed : "";
      const folded = place.querySelector("details");
      folded.hidden = state.mode === "fixed" || part.usable[i].length < 2;
      const left = part.usable[i].length - state.excluded.length;
      folded.querySelector("summary").textContent = state.excluded.length > 0
        ? `consider ${left} of ${part.usable[i].length}` : "consider all";
      for (const box of folded.querySelectorAll("input")) {
        box.checked = !state.excluded.includes(Number(box.dataset.level));
        box.disabled = box.checked && left === 1;
      }
    });
  }

  // Answers.

  function beats({ goal }, expected) {
    const where = goal.weights === null ? `on each of the ${study.datasets.length} data sets`
      : goal.dataset === undefined ? `on ${goal.label.charAt(0).toLowerCase()}${goal.label.slice(1)}` : `on ${goal.label}`;
    return `beats ${percentage(expected)} of random choices ${where}`;
  }

  function showBest(state, answer) {
    find("best").replaceChildren(...there(answer.configuration).map(([i, level]) =>
      dom.element("span", { class: "advisor-value" },
        dom.element("span", { class: "advisor-value__name" }, study.parameters[i].label), " ",
        dom.element("strong", {}, label(i, level)))));
    const { dataset } = state.goal;
    const reached = dataset === undefined ? ""
      : ` Runs there reach ${format.spoken(study.metricLabel)} ${metric(answer.perDataset[dataset].accuracy)}.`;
    const whole = study.sampledFrom ? "sample" : "study";
    const count = answer.runs === 0 ? `No run of the ${whole} has exactly these values: the figures are predicted from the others.`
      : `${format.allRuns(study, answer.runs)} ${answer.runs === 1 ? "has" : "have"} exactly these values.`;
    find("beats").textContent = `This choice ${beats(state, answer.expected)}.${reached} ${count}`;
    const settings = Object.fromEntries(there(answer.configuration).map(([i, level]) =>
      [study.parameters[i].name, part.settings[i][level]]));
    const heading = `Advised by "${study.title}": ${beats(state, answer.expected)}`;
    snippetBlock.fill(find("snippet"), settings, (dataset === undefined ? null : part.classes[dataset]) ?? null, heading);
  }

  function row(cells, first) {
    return dom.element("tr", {}, dom.element("th", { scope: "row" }, first),
      ...Object.entries(cells).map(([name, cell]) => dom.element("td", { "data-label": name }, cell)));
  }

  function showValues(state, answer) {
    const bodies = answer.parameters.map(({ i, ranked, verdict }) => {
      const title = dom.element("tr", { class: "advisor-values__parameter" },
        dom.element("th", { scope: "rowgroup", colspan: 5 }, `${study.parameters[i].label}: ${verdict}`));
      const rows = ranked.slice(0, MOST_VALUES).map((value) => row({
        "Beats": bar(value.expected),
        [study.metricLabel]: value.accuracy ? metric(value.accuracy) : "–",
        "Behind the best": value.loss ? points(value.loss) : "–",
        "Verdict": judged(value),
      }, label(i, value.level)));
      const more = ranked.length - rows.length;
      if (more > 0) rows.push(row({}, `${more} more values rank below these`));
      return dom.element("tbody", {}, title, ...rows);
    });
    const table = find("values");
    table.classList.toggle("advisor-values--anywhere", state.goal.dataset === undefined);
    table.replaceChildren(table.tHead, ...bodies);
  }

  function bar(expected) {
    const line = dom.element("span", { class: "advisor-bar", "aria-hidden": "true" });
    line.style.setProperty("--low", Math.max(0, expected.low));
    line.style.setProperty("--high", Math.min(1, expected.high));
    line.style.setProperty("--value", expected.value);
    return dom.element("span", { class: "advisor-share" }, line, percentage(expected));
  }

  function judged({ loss }) {
    if (!loss) return "advised";
    if (loss.low > 0) return "worse";
    return loss.high < part.small ? "as good" : "not clearly worse";
  }

  function showMatters(answer) {
    const named = (verdict) => answer.parameters.filter((each) => each.verdict === verdict)
      .map(({ i }) => study.parameters[i].label);
    const list = (names) => (names.length > 1 ? `${names.slice(0, -1).join(", ")} and ${names.at(-1)}` : names[0]);
    const sentences = [
      [named("matters"), "a wrong value costs something, the rest as advised"],
      [named("hardly matters"), `no value is predicted to cost ${whole(part.small)} points: choose what suits you`],
      [named("not clear"), "with the rest as advised, no value is shown to cost anything"],
    ].filter(([names]) => names.length > 0).map(([names, text]) => dom.element("li", {},
      dom.element("strong", {}, list(names)), `: ${text}.`));
    find("matters").replaceChildren(...sentences);
    find("matters").hidden = sentences.length === 0;
  }

  function showUsual({ usual }) {
    find("usual").hidden = usual === null;
    if (usual === null) return;
    const { loss } = usual;
    const doubt = loss.low <= 0 && loss.high >= 0 ? ", which may be chance" : "";
    const [lost, than] = loss.value < 0
      ? [{ value: -loss.value, low: -loss.high, high: -loss.low }, "more"] : [loss, "less"];
    find("usual").textContent = `The usual values (${words(usual.configuration)}) beat ${percentage(usual.expected)} `
      + `of random choices: ${points(lost)} points ${than} than the advice${doubt}.`;
  }

  function showDatasets(answer) {
    find("datasets").replaceChildren(...answer.perDataset.map((each, d) => row({
      "This choice beats": percentage(each.expected),
      [study.metricLabel]: metric(each.accuracy),
      "The best for it alone": `${words(each.own)}: ${percentage(each.ownExpected)}`,
      "Lost to that": points(each.cost),
    }, study.datasets[d].label)));
  }

  function show(chosen) {
    const state = advisorState.read(chosen);
    const answer = advisorAnswers.answer(state);
    showControls(state);
    document.querySelectorAll("[data-part='answer']").forEach((place) => { place.hidden = answer === null; });
    find("impossible").hidden = answer !== null;
    if (answer === null) return;
    showBest(state, answer);
    showValues(state, answer);
    showMatters(answer);
    showUsual(answer);
    showDatasets(answer);
  }

  if (part.enough) {
    buildControls();
    selection.subscribe(show);
  }
})();
