// Small builders of page elements. Text is always set as text, never as HTML.
"use strict";

(() => {
  // element("button", { class: "chip", "aria-pressed": "true" }, "MNIST")
  function element(name, attributes = {}, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
      if (typeof value === "function") made.addEventListener(key, value);
      else made.setAttribute(key, value);
    }
    made.append(...children);
    return made;
  }

  // A button that is on or off.
  function toggle(label, pressed, onClick) {
    return element(
      "button",
      { type: "button", class: "atlas-chip", "aria-pressed": String(pressed), click: onClick },
      label,
    );
  }

  hyperatlas.dom = { element, toggle };
})();
