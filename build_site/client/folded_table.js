// A table that is folded away below its plot: filled when somebody wants it, so that the plot does
// not wait for rows that nobody sees.
"use strict";

(() => {
  // `fill` writes the table of that id. Returns what to call when it would write something else:
  // that fills a table that is open; a folded one is filled when it is opened, or when a button of
  // its plot may save it.
  function follow(identifier, fill) {
    const details = document.getElementById(identifier).closest("details");
    const plot = document.querySelector(`[data-table="${identifier}"]`).closest("figure");
    let stale = false;

    function refresh() {
      if (stale) fill();
      stale = false;
    }

    details.addEventListener("toggle", () => details.open && refresh());
    plot.addEventListener("click", refresh, { capture: true });
    return () => {
      stale = true;
      if (details.open) refresh();
    };
  }

  hyperatlas.foldedTable = { follow };
})();
