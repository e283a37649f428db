// The hue and the shape of each value of a parameter: the same on every page.
"use strict";

(() => {
  // The look of a level: { variable, colour, marker }, as `look` in plots.py gives it. `colour` is that
  // of the present scheme, so ask again when it changes.
  function level(parameterIndex, levelIndex) {
    const { variable, marker } = hyperatlas.study.parameters[parameterIndex].levels[levelIndex];
    return { variable, colour: resolved(variable), marker };
  }

  const resolved = (variable) => getComputedStyle(document.body).getPropertyValue(variable).trim();

  hyperatlas.palette = { level, resolved };
})();
