// How wide texts are on a canvas, and texts cut to the room there is.
"use strict";

(() => {
  const context = document.createElement("canvas").getContext("2d");

  // In pixels; `font` as CSS writes it: "bold 12px helvetica".
  function measure(text, font) {
    context.font = font;
    return context.measureText(text).width;
  }

  // As much of a text as so many pixels hold; what is cut ends in "…".
  function fit(text, room, font) {
    if (measure(text, font) <= room) return text;
    let [least, most] = [0, text.length]; // how much of it fits is between these
    while (least < most) {
      const length = (least + most + 1) >> 1;
      if (measure(`${text.slice(0, length)}…`, font) <= room) least = length;
      else most = length - 1;
    }
    return `${text.slice(0, least)}…`;
  }

  // As much of a text as so many characters are.
  const cut = (text, most) => (text.length <= most ? text : `${text.slice(0, most - 1)}…`);

  hyperatlas.textWidth = { cut, fit, measure };
})();
