// The hue and the shape of each value of a parameter: the same on every page.
"use strict";

(() => {
  const HUES = 8; // --atlas-series-0 … 7 in palette.css
  const MARKERS = [
    "circle", "square", "triangle", "diamond", "inverted_triangle", "hex", "star", "plus",
  ];

  // The look of a level: { variable, colour, marker }. `colour` is that of the present scheme, so ask
  // again when it changes. Beyond eight levels hues repeat with another shape. A missing value is
  // grey.
  function level(parameterIndex, levelIndex) {
    const missing = hyperatlas.study.parameters[parameterIndex].levels[levelIndex].key === "";
    const variable = missing ? "--atlas-muted" : `--atlas-series-${levelIndex % HUES}`;
    const marker = missing ? "x" : MARKERS[(levelIndex + Math.floor(levelIndex / HUES)) % HUES];
    return { variable, colour: resolved(variable), marker };
  }

  const resolved = (variable) => getComputedStyle(document.body).getPropertyValue(variable).trim();

  hyperatlas.palette = { level, resolved };
})();
