// Combinations: the matrix of value pairs, the strongest of them in words, and all as a table.
"use strict";

(() => {
  const { dom, foldedTable, format, lift, plots, selection, study, CombinationMatrix } = hyperatlas;
  const words = hyperatlas.combinationWords;
  const LISTED = 10;
  const BEST = { metric: "percentile", from: 0.9, to: 1 }; // what is looked at if no range is chosen
  const byId = (name) => document.getElementById(`combinations-${name}`);
  const count = lift.prepare(study);

  const isOpen = ({ from, to }) => from === null && to === null;

  // What the page shows for a selection.
  function findOut(chosen) {
    const mode = chosen.view.mode === "interaction" ? "interaction" : "lift";
    const looked = isOpen(chosen) ? { ...chosen, ...BEST } : chosen;
    const counts = count(selection.mask(study, looked));
    return { chosen, mode, counts, cells: lift.cells(counts, mode) };
  }

  // In place of other values of the same hyper-parameters.
  function selectValues(cell, { counts, chosen }) {
    const values = new Map(chosen.values);
    for (const { parameter, level } of words.settings(counts.levels, cell)) {
      values.set(parameter.name, [level.key]);
    }
    selection.change({ values });
  }

  // Says what is compared with what; nobody has to guess it from the selection bar.
  function showRange({ chosen, counts }) {
    const [few, all] = [counts.selected, counts.baseline].map((n) => format.allRuns(study, n));
    const parts = [];
    if (counts.baseline === 0) {
      parts.push(`No ${format.aRun(study)} has the chosen data sets and values.`);
    } else if (isOpen(chosen)) {
      parts.push(
        `No range of performance is chosen, so this page compares the best 10 % of each data set, `
        + `${few}, with ${all} of any performance. `,
        dom.element("button", {
          type: "button", class: "atlas-button",
          click: () => {
            selection.change(BEST);
            byId("range").focus({ preventScroll: true }); // the button is gone
          },
        }, "Select the best 10 %"),
      );
    } else {
      parts.push(`Compared: ${few} selected with ${all} of any performance.`);
    }
    if (counts.baseline > 0 && counts.selected === 0) {
      parts.push(` No ${format.aRun(study)} is in this range, so there is nothing to compare.`);
    } else if (counts.baseline > 0 && counts.selected === counts.baseline) {
      parts.push(` The range holds every ${format.aRun(study)}, so every value is as often as expected.`);
    }
    byId("range").replaceChildren(...parts);
  }

  function showMode({ mode }) {
    for (const button of document.querySelectorAll("[data-mode]")) {
      button.setAttribute("aria-pressed", String((button.dataset.mode || "lift") === mode));
    }
    byId("mode").hidden = mode !== "interaction";
  }

  function showList(name, found, shown) {
    const items = found.slice(0, LISTED).map((cell) => {
      const title = words.pair(shown.counts.levels, cell);
      return dom.element("li", { class: "combinations-list__line" },
        dom.element("button", {
          type: "button", class: "combinations-list__item",
          title: "Select only these values",
          click: () => {
            selectValues(cell, shown);
            byId("range").focus({ preventScroll: true }); // the list is made anew
          },
        }, dom.element("strong", {}, title), `: ${words.verdict(cell, shown.mode)}`));
    });
    const none = dom.element("li", { class: "combinations-list__line combinations-list__none" }, "None with enough evidence.");
    byId(`${name}-list`).replaceChildren(...(items.length ? items : [none]));
  }

  function showLists(shown) {
    const strongest = (single, over) => lift.strongest(shown.cells, { single, over });
    showList("over", strongest(false, true), shown);
    showList("under", strongest(false, false), shown);
    // Of the single values the clearest on both sides, the most frequent first.
    const single = [...strongest(true, true), ...strongest(true, false)];
    const strength = (cell) => Math.abs(Math.log2(cell.ratio > 1 ? cell.low : cell.high));
    const clearest = single.sort((a, b) => strength(b) - strength(a)).slice(0, LISTED);
    showList("single", clearest.sort((a, b) => b.ratio - a.ratio), shown);
  }

  // The chosen cell in words, and what one can do with it.
  function showCell(cell, shown, matrix) {
    const panel = byId("cell");
    panel.hidden = !cell;
    if (!cell) return;
    const { counts, chosen, mode } = shown;
    const [first, second = first] = words.settings(counts.levels, cell);
    const enlarged = second === first ? "" : `p.${second.parameter.name}`;
    const view = {
      ...chosen.view, parameter: first.parameter.name, panel: enlarged, first: "", second: "",
    };
    panel.replaceChildren(
      dom.element("p", {},
        dom.element("strong", {}, words.pair(counts.levels, cell)),
        cell.runs === 0 ? `: no ${format.aRun(study)} has both.` : `: ${words.verdict(cell, mode)}.`,
        cell.muted && cell.runs > 0 ? " Too little evidence." : ""),
      dom.element("div", { class: "atlas-bar__group" },
        dom.element("button", {
          type: "button", class: "atlas-button",
          click: () => {
            close(shown, matrix);
            selectValues(cell, shown);
          },
        }, cell.row === cell.column ? "Select only this value" : "Select only these values"),
        dom.element("a", {
          class: "atlas-button", href: `compare.html#${selection.format({ ...chosen, view })}`,
        }, "Open in Compare"),
        dom.element("button", { type: "button", class: "atlas-button", click: () => close(shown, matrix) }, "Close")),
    );
  }

  // The keyboard goes on where the cell was chosen.
  function close(shown, matrix) {
    matrix.chosen = null;
    showCell(null, shown, matrix);
    matrix.place.focus({ preventScroll: true });
  }

  // Every cell as a row, the strongest first; without evidence a strong one means little.
  function fillTable({ counts, cells }) {
    const strength = ({ log2 }) => (Number.isNaN(log2) ? -1 : Math.abs(log2));
    const rows = cells.toSorted((a, b) => strength(b) - strength(a)).map((cell) => {
      const [first, second] = words.settings(counts.levels, cell);
      const texts = [
        first.level.label, second?.parameter.label ?? "–", second?.level.label ?? "–",
        format.count(cell.runs), format.count(cell.observed), words.amount(cell.expected),
        words.ratio(cell.ratio), words.interval(cell), words.probability(cell.p),
        words.probability(cell.q), cell.muted ? "too little" : "enough",
      ];
      return dom.element("tr", {},
        dom.element("th", { scope: "row" }, first.parameter.label),
        ...texts.map((text) => dom.element("td", {}, text)));
    });
    document.querySelector("#combinations-table tbody").replaceChildren(...rows);
  }

  async function start() {
    let shown;
    const place = byId("plot");
    const showTable = foldedTable.follow("combinations-table", () => fillTable(shown));
    let matrix;

    function draw() {
      matrix.draw(shown);
      showRange(shown);
      showMode(shown);
      showLists(shown);
      if (matrix.chosen) matrix.chosen = matrix.find(matrix.chosen.row, matrix.chosen.column);
      showCell(matrix.chosen, shown, matrix);
      showTable();
    }

    await plots.draw("combinations-plot", (figure) => {
      matrix = new CombinationMatrix(figure, place, (cell, { keyboard }) => {
        matrix.chosen = cell;
        showCell(cell, shown, matrix);
        // Otherwise the way there leads past the buttons that save the plot.
        if (keyboard) byId("cell").querySelector("button").focus({ preventScroll: true });
      });
      selection.subscribe((chosen) => {
        shown = findOut(chosen);
        if (!matrix.levels) matrix.prepare(shown.counts.levels);
        draw();
      });
    });
    matrix.moved = (cell) => {
      byId("cursor").textContent = cell
        ? words.sentence(shown.counts.levels, cell, shown.counts, shown.mode) : "";
    };
    matrix.listen();
    place.setAttribute("role", "application");
    place.setAttribute("aria-describedby", "combinations-keys combinations-cursor");
    place.tabIndex = 0;
    byId("range").tabIndex = -1;
    for (const part of [place, byId("cell")]) {
      part.addEventListener("keydown", (event) => {
        if (event.key !== "Escape" || !matrix.chosen) return;
        event.preventDefault(); // one press closes one thing
        close(shown, matrix);
      });
    }
    for (const button of document.querySelectorAll("[data-mode]")) {
      button.addEventListener("click", () => selection.change({ view: { mode: button.dataset.mode } }));
    }
  }

  start();
})();
