// On paper a plot is a drawing that is as wide as the page: BokehJS would paint it for the screen,
// and only after the page is printed. (assets/paper.js has set the colours before this runs.)
"use strict";

(() => {
  const { plotImage, plots } = hyperatlas;
  const UNDRAWN = "atlas-plot--undrawn";

  function toPaper() {
    toScreen();
    plots.recolour();
    for (const place of document.querySelectorAll(".atlas-plot__canvas")) {
      const view = plots.view(place.id);
      place.closest("figure").classList.toggle(UNDRAWN, !view); // it waits for the reader
      if (view && place.checkVisibility()) place.after(drawn(view));
    }
  }

  function drawn(view) {
    const { width, height } = view.bbox;
    const drawing = plotImage.drawing(view);
    drawing.setAttribute("viewBox", `0 0 ${width} ${height}`);
    drawing.removeAttribute("width");
    drawing.removeAttribute("height");
    drawing.setAttribute("class", "atlas-plot__paper");
    drawing.setAttribute("aria-hidden", "true");
    return drawing;
  }

  function toScreen() {
    document.querySelectorAll(".atlas-plot__paper").forEach((drawing) => drawing.remove());
    plots.recolour();
  }

  addEventListener("beforeprint", toPaper);
  addEventListener("afterprint", toScreen);
})();
