// Importance: shows what was computed of all data sets when the site was built, or of the chosen one.
"use strict";

(() => {
  const { dom, plots, selection } = hyperatlas;
  const scopes = JSON.parse(document.getElementById("importance-scopes").textContent);
  const select = document.getElementById("importance-data"); // none where there is no choice

  const scopeOf = ({ view }) => scopes.find(({ name }) => name === (view.data ?? "")) ?? scopes[0];

  function showWords({ name, runs, words }) {
    document.getElementById("importance").replaceChildren(...words.map(([question, answer]) =>
      dom.element("p", {}, dom.element("strong", {}, question), ` ${answer}`)));
    document.getElementById("importance-runs").textContent = runs;
    if (select) select.value = name;
  }

  function fillTables({ tables }) {
    for (const [identifier, rows] of Object.entries(tables)) {
      const table = document.getElementById(identifier);
      table?.tBodies[0].replaceChildren(...rows.map(([head, ...cells]) =>
        dom.element("tr", {}, dom.element("th", { scope: "row" }, head),
          ...cells.map((cell) => dom.element("td", {}, cell)))));
    }
  }

  function fill(figure, { sources }) {
    for (const [name, columns] of Object.entries(sources)) {
      const renderer = figure.select_one(name);
      if (renderer) renderer.data_source.data = columns;
    }
  }

  function drawCurves(figure, scope) {
    figure.y_range.end = scope.ends.curves;
    fill(figure, scope);
  }

  function drawBars(figure, scope) {
    figure.x_range.end = scope.ends.bars;
    fill(figure, scope);
  }

  async function start() {
    const first = scopeOf(selection.current());
    showWords(first);
    fillTables(first);
    select?.addEventListener("change", () => selection.change({ view: { data: select.value } }));
    if (!document.getElementById("importance-curves")) return;
    const curves = await plots.draw("importance-curves", (made) => drawCurves(made, first));
    const bars = await plots.draw("importance-bars", (made) => drawBars(made, first));
    let shown = first;
    selection.subscribe((chosen) => {
      const scope = scopeOf(chosen);
      if (scope === shown) return;
      shown = scope;
      showWords(scope);
      fillTables(scope);
      drawCurves(curves, scope);
      drawBars(bars, scope);
    });
  }

  start();
})();
