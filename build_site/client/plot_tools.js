// The buttons under every plot: save it as a picture or as numbers, and open its table.
"use strict";

(() => {
  const { plotImage, plots, selection, selectionWords, study, tableText } = hyperatlas;

  const MAKERS = {
    png: async (place) => plotImage.png(await plots.drawn(place.id), pictured(place)),
    svg: async (place) => plotImage.svg(await plots.drawn(place.id), pictured(place)),
    csv: (place) => new Blob([tableText.csv(tableText.texts(tableOf(place)))], { type: "text/csv" }),
  };

  const tableOf = (place) => document.getElementById(place.dataset.table);

  // What a picture says beside the plot.
  function pictured(place) {
    const style = getComputedStyle(document.body);
    return {
      title: place.closest("figure").querySelector("figcaption").textContent,
      notes: [study.title, ...selected()],
      legend: legend(place),
      background: style.backgroundColor, // as rgb(…), which every program knows
      foreground: style.getPropertyValue("--atlas-text"),
    };
  }

  // The selection in words, on pages that have one.
  function selected() {
    if (!document.getElementById("selection-bar")) return [];
    const chosen = selection.current();
    return [selectionWords.sentence(study, chosen, selection.mask(study, chosen).count)];
  }

  // The page's own legend around a plot: { colour, text }; one without a swatch is words alone.
  function legend(place) {
    const entries = place.closest(".atlas-view")?.querySelectorAll(".atlas-legend > *") ?? [];
    return [...entries].map((entry) => ({
      colour: entry.matches(".atlas-swatch") ? getComputedStyle(entry, "::before").backgroundColor : null,
      text: entry.textContent.trim(),
    }));
  }

  // Study and plot as the name of a file, whatever their names contain.
  function fileName(place, kind) {
    const stem = `${study.name}-${place.id}`.replaceAll(/[^\p{L}\p{N}._-]+/gu, "-");
    return `${stem.replace(/^\.+/, "").slice(0, 120)}.${kind}`;
  }

  async function save(button) {
    const place = button.closest("figure").querySelector(".atlas-plot__canvas");
    const kind = button.dataset.save;
    const file = await MAKERS[kind](place);
    const address = URL.createObjectURL(file);
    hyperatlas.dom.element("a", { href: address, download: fileName(place, kind) }).click();
    setTimeout(() => URL.revokeObjectURL(address), 10000);
  }

  function showTable(details) {
    details.open = true;
    const summary = details.querySelector("summary");
    summary.scrollIntoView({ block: "nearest" });
    summary.focus();
  }

  for (const tools of document.querySelectorAll(".atlas-plot__tools")) {
    const place = tools.closest("figure").querySelector(".atlas-plot__canvas");
    for (const button of tools.querySelectorAll("[data-save]")) {
      button.addEventListener("click", () => save(button));
    }
    const details = tableOf(place)?.closest("details");
    const open = tools.querySelector("[data-show-table]");
    open.hidden = !details;
    open.addEventListener("click", () => showTable(details));
  }
})();
