// The table of page Runs: only the rows of one page are in the document.
"use strict";

(() => {
  const { dom, format, parts, runTable, selection, study } = hyperatlas;
  const SIZES = [25, 50, 100];
  const LONGEST_ID = 10; // characters; a longer one is cut to eight
  const ROWS_AT_ONCE = 10_000; // of a CSV; between them the page can do other things
  const PATIENCE = 200; // milliseconds without a key until a search begins

  const columns = hyperatlas.runColumns ??= runTable.columns(study, parts.runs);
  const place = (id) => document.getElementById(id);
  const view = (change) => selection.change({ view: { ...selection.current().view, ...change } });

  let runs = new Uint32Array(0); // those shown, all pages
  let page = 0;
  let writing = false; // whether a CSV is being made
  let shown = ""; // what `runs` was made from
  const known = { sort: null, order: null, text: null, found: null };

  // "-percentile": that column, descending.
  function sorting(text = "-percentile") {
    const column = columns.find(({ id }) => id === text.replace(/^-/, ""));
    return column ? { column, descending: text.startsWith("-") } : sorting();
  }

  const rowsOf = (chosen) => (SIZES.includes(Number(chosen.view.rows)) ? Number(chosen.view.rows) : SIZES[0]);

  function show(chosen, { selected }, basis) {
    const { sort, search = "" } = chosen.view;
    const key = JSON.stringify([basis, sort, search, rowsOf(chosen)]);
    if (key === shown) return;
    shown = key;
    runs = found(selected, sorting(sort), search);
    page = 0;
    showHeadings(sorting(sort));
    if (document.activeElement !== place("run-search")) place("run-search").value = search;
    place("run-rows").value = String(rowsOf(chosen));
    showPage();
  }

  // The selected runs that the search finds, in order. All runs are sorted once for each column.
  function found(selected, { column, descending }, text) {
    const sort = `${column.id} ${descending}`;
    if (known.sort !== sort) Object.assign(known, { sort, order: runTable.order(column, descending) });
    if (known.text !== text) Object.assign(known, { text, found: runTable.search(study, parts.runs, text) });
    const { order } = known;
    const keep = text === "" ? selected : selected.map((one, run) => one & known.found[run]);
    const kept = new Uint32Array(study.runs);
    let count = 0;
    for (let k = 0; k < order.length; k++) {
      kept[count] = order[k];
      count += keep[order[k]];
    }
    return kept.subarray(0, count);
  }

  function showPage() {
    const size = rowsOf(selection.current());
    const pages = Math.max(1, Math.ceil(runs.length / size));
    page = Math.min(Math.max(page, 0), pages - 1);
    const visible = runs.subarray(page * size, (page + 1) * size);
    document.querySelector("#run-table tbody").replaceChildren(...Array.from(visible, buildRow));
    place("run-count").textContent = format.allRuns(study, runs.length);
    place("run-page").textContent = `Page ${format.count(page + 1)} of ${format.count(pages)}`;
    for (const id of ["run-first", "run-previous"]) place(id).disabled = page === 0;
    for (const id of ["run-next", "run-last"]) place(id).disabled = page === pages - 1;
    place("run-csv").disabled = runs.length === 0;
  }

  function buildRow(run) {
    const id = parts.runs.id(run);
    const button = dom.element("button",
      { type: "button", class: "runs-open", "aria-label": `Open run ${id}`, title: id },
      id.length <= LONGEST_ID ? id : `${id.slice(0, 8)}…`);
    const cells = columns.slice(1).map((column) => dom.element("td", {}, column.text(run)));
    return dom.element("tr", { "data-run": id, click: () => view({ run: id }) },
      dom.element("th", { scope: "row" }, button), ...cells);
  }

  function buildHeadings() {
    const row = document.querySelector("#run-table thead tr");
    row.append(...columns.map((column) => dom.element("th", { scope: "col", "data-column": column.id },
      dom.element("button", { type: "button", class: "runs-sort", click: () => sortBy(column) }, column.label))));
  }

  // The better way round first, then the other.
  function sortBy(column) {
    const now = sorting(selection.current().view.sort);
    const first = column.best === "descending";
    const descending = now.column === column ? !now.descending : first;
    view({ sort: `${descending ? "-" : ""}${column.id}` });
  }

  function showHeadings({ column, descending }) {
    for (const heading of document.querySelectorAll("#run-table thead th")) {
      const sorted = heading.dataset.column === column.id;
      heading.setAttribute("aria-sort", !sorted ? "none" : descending ? "descending" : "ascending");
    }
  }

  // Exact numbers are in the script of the curves. The button says how far it is; the page stays
  // usable meanwhile.
  async function download({ currentTarget: button }) {
    if (writing) return;
    writing = true;
    try {
      button.textContent = "Loading exact numbers";
      await hyperatlas.runsCurves.load();
      const blob = await written(runs, (share) => { button.textContent = `Writing CSV, ${Math.round(share * 100)} %`; });
      const link = dom.element("a", { href: URL.createObjectURL(blob), download: `${study.name}-runs.csv` });
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
      button.textContent = "Download CSV";
    } catch {
      button.textContent = "Could not be loaded; try again";
    }
    writing = false;
  }

  // The rows of `listed` as a file, some at a time.
  async function written(listed, progress) {
    const blobs = [new Blob([runTable.csvHead(columns)])];
    for (let from = 0; from < listed.length; from += ROWS_AT_ONCE) {
      progress(from / listed.length);
      await new Promise((resolve) => setTimeout(resolve));
      blobs.push(new Blob([runTable.csvRows(columns, listed.subarray(from, from + ROWS_AT_ONCE))]));
    }
    return new Blob(blobs, { type: "text/csv;charset=utf-8" });
  }

  function turn(to, button, opposite) {
    page = to;
    showPage();
    // A button that is switched off loses the focus.
    if (place(button).disabled) place(opposite).focus();
  }

  function start() {
    buildHeadings();
    let waiting;
    place("run-search").addEventListener("input", ({ target }) => {
      clearTimeout(waiting);
      waiting = setTimeout(() => view({ search: target.value.trim() }), PATIENCE);
    });
    place("run-rows").addEventListener("change", ({ target }) => view({ rows: target.value }));
    place("run-csv").addEventListener("click", download);
    place("run-first").addEventListener("click", () => turn(0, "run-first", "run-next"));
    place("run-previous").addEventListener("click", () => turn(page - 1, "run-previous", "run-next"));
    place("run-next").addEventListener("click", () => turn(page + 1, "run-next", "run-previous"));
    place("run-last").addEventListener("click", () => turn(Infinity, "run-last", "run-previous"));
  }

  hyperatlas.runsTable = { start, show, shown: () => runs };
})();
