// What is tuning worth? The best of k random trials, of all that are allowed, and of those that have
// one parameter at its advised value.
"use strict";

(() => {
  const { advisorAnswers, advisorState, budget, dom, format, palette, parts, plots, selection, study } = hyperatlas;
  const PLOT = "budget-plot";
  const TRIALS = 100;
  const LISTED = [1, 2, 5, 10, 20, 50, 100]; // rows of the table, and marks on the lines
  const WORTH_AT = 10; // trials at which parameters are compared
  const SHARE = 0.8; // of all tries at k trials that the band holds
  const MOST_SERIES = 6;
  const MARKERS = ["square", "triangle", "diamond", "inverted_triangle", "hex", "star"];
  const SYMBOLS = ["■", "▲", "◆", "▼", "⬢", "★"];
  const part = parts.advice;
  const columns = study.parameters.map(({ name }) => study.columns[`level:${name}`]);

  const text = (value) => format.metric(value, study.isShare);

  // { label, n, curve: [{ k, mean, low, high }] } of runs on a data set.
  function series(label, dataset, keep) {
    const sorted = budget.values(study, dataset, keep);
    const most = Math.min(TRIALS, sorted.length);
    const curve = Array.from({ length: most }, (_, at) => ({ k: at + 1, ...budget.bestOf(sorted, at + 1, SHARE) }));
    return { label, n: sorted.length, curve };
  }

  function compute(chosen) {
    const state = part.enough ? advisorState.read(chosen) : null;
    const named = study.datasets.findIndex(({ name }) => name === chosen.view.budget);
    const dataset = named >= 0 ? named : state?.goal.dataset ?? 0;
    if (!state) return { dataset, all: series("any configuration", dataset, () => true), fixed: [] };
    const allowed = state.allowed.map((levels) => new Set(levels));
    const free = (run) => columns.every((levels, i) => allowed[i].has(levels[run]) || loose(state, i));
    const { configuration } = advisorAnswers.model.find(state.goal, state.allowed).best;
    const all = series("any configuration", dataset, free);
    const sign = study.direction === "maximize" ? 1 : -1;
    const fixed = study.parameters.flatMap((parameter, i) => {
      if (state.allowed[i].length < 2) return [];
      const level = configuration[i];
      const made = series(`${parameter.label} ${parameter.levels[level].label}`, dataset,
        (run) => free(run) && columns[i][run] === level);
      const worth = sign * ((made.curve[WORTH_AT - 1]?.mean ?? Number.NaN) - (all.curve[WORTH_AT - 1]?.mean ?? Number.NaN));
      return made.n === 0 ? [] : [{ ...made, i, worth }];
    }).sort((a, b) => (b.worth || 0) - (a.worth || 0));
    return { dataset, all, fixed };
  }

  // A parameter that a reader did not touch: its rare values count as well.
  const loose = (state, i) => state.controls[i].mode === "free";

  function draw(figure, { all, fixed }) {
    const shown = fixed.slice(0, MOST_SERIES);
    const look = (at) => ({ colour: palette.resolved(`--atlas-series-${at}`), marker: MARKERS[at] });
    const lines = [{ ...all, colour: palette.resolved("--atlas-text"), marker: "circle" },
      ...shown.map((each, at) => ({ ...each, ...look(at) }))];
    const set = (name, data) => { figure.select_one(name).data_source.data = data; };
    set("band", {
      k: all.curve.map(({ k }) => k), low: all.curve.map(({ low }) => low), high: all.curve.map(({ high }) => high),
    });
    set("lines", {
      xs: lines.map(({ curve }) => curve.map(({ k }) => k)),
      ys: lines.map(({ curve }) => curve.map(({ mean }) => mean)),
      colour: lines.map(({ colour }) => colour),
    });
    const marks = lines.flatMap(({ curve, label, n, colour, marker }) =>
      curve.filter(({ k }) => LISTED.includes(k)).map((point) => ({ ...point, label, n, colour, marker })));
    set("points", {
      k: marks.map(({ k }) => k), mean: marks.map(({ mean }) => mean),
      colour: marks.map(({ colour }) => colour), marker: marks.map(({ marker }) => marker),
      what: marks.map(({ label }) => label), value: marks.map(({ mean }) => text(mean)),
      band: marks.map(({ low, high }) => `${text(low)} to ${text(high)}`), n: marks.map(({ n }) => n),
    });
    // The band of few trials may reach far down; the averages decide what is in sight.
    const reached = [...lines.flatMap(({ curve }) => curve.map(({ mean }) => mean)),
      ...all.curve.slice(-1).flatMap(({ low, high }) => [low, high])];
    const [least, most] = [Math.min(...reached), Math.max(...reached)];
    // What differs by rounding alone is one value: its digits are not to fill the plot.
    const spread = most - least > 1e-9 * Math.abs(most) ? most - least : Math.abs(most) || 1;
    const room = spread * 0.05;
    if (reached.length === 0) return;
    figure.y_range.setv({ start: least - room, end: most + room });
    figure.left[0].formatter.format = format.ticks(least - room, most + room, study.isShare);
  }

  function fillTable({ all, fixed }) {
    const head = document.querySelector("#budget-table thead tr");
    const named = [all, ...fixed];
    head.replaceChildren(dom.element("th", { scope: "col" }, "Trials"),
      ...named.map(({ label, n }) => dom.element("th", { scope: "col" }, `${label} (n = ${format.count(n)})`)));
    document.querySelector("#budget-table tbody").replaceChildren(...LISTED.map((k) => dom.element("tr", {},
      dom.element("th", { scope: "row" }, String(k)),
      ...named.map(({ curve }) => {
        const point = curve[k - 1];
        return dom.element("td", {}, point ? `${text(point.mean)} [${text(point.low)}, ${text(point.high)}]` : "–");
      }))));
  }

  function fillLegend({ fixed }) {
    const entries = [["●", "any configuration, with band", "--atlas-text"],
      ...fixed.slice(0, MOST_SERIES).map(({ label }, at) => [SYMBOLS[at], label, `--atlas-series-${at}`])];
    document.querySelector("[data-part='budget-legend']").replaceChildren(...entries.map(([symbol, label, colour]) => {
      const mark = dom.element("span", { "aria-hidden": "true" }, symbol);
      mark.style.color = `var(${colour})`;
      return dom.element("span", {}, mark, ` ${label}`);
    }));
  }

  // "With 10 trials, ... Fixing the optimizer is worth as much as n more trials."
  function fillWords({ dataset, all, fixed }) {
    const point = all.curve[WORTH_AT - 1];
    const place = document.querySelector("[data-part='budget-words']");
    if (!point) {
      place.textContent = `${all.n === 1 ? "There is 1 such run" : `There are ${all.n} such runs`} on ${study.datasets[dataset].label}: too few for ${WORTH_AT} trials.`;
      return;
    }
    const ends = [point.low, point.high].sort((a, b) => a - b).map(text);
    const sentences = [`On ${study.datasets[dataset].label} the best of ${WORTH_AT} random trials reaches ${text(point.mean)} `
      + `on average (in ${Math.round(SHARE * 100)} % of all cases between ${ends.join(" and ")}).`];
    const [first] = fixed;
    if (first && first.worth > 0) {
      const same = all.curve.find(({ mean }) => (study.direction === "maximize" ? mean >= first.curve[WORTH_AT - 1].mean
        : mean <= first.curve[WORTH_AT - 1].mean));
      const trials = same ? `${same.k} trials of any configuration` : `more than ${all.curve.length} trials of any configuration`;
      sentences.push(`With ${first.label}, the advice that gains most among these runs, ${WORTH_AT} trials reach ${text(first.curve[WORTH_AT - 1].mean)}, as ${trials} would. The same runs taught the advice, and this is the greatest of its gains: a best case, for which there is no interval.`);
    }
    place.textContent = sentences.join(" ");
  }

  async function start() {
    const select = document.querySelector("[data-part='budget-dataset']");
    select.append(...study.datasets.map(({ name, label }) => dom.element("option", { value: name }, label)));
    select.addEventListener("change", () => selection.change({ view: { budget: select.value } }));
    const figure = await plots.draw(PLOT, (made) => draw(made, compute(selection.current())));
    const show = () => {
      const computed = compute(selection.current());
      select.value = study.datasets[computed.dataset].name;
      draw(figure, computed);
      fillTable(computed);
      fillLegend(computed);
      fillWords(computed);
    };
    selection.subscribe(show);
    // Colours are those of the scheme.
    new MutationObserver(show).observe(document.body, { attributeFilter: ["data-md-color-scheme"] });
  }

  if (document.getElementById(PLOT)) start();
})();
