// Paper is white: while a page is printed it has the light colours, whatever the screen has.
"use strict";

(() => {
  const SCHEME = "data-md-color-scheme";
  let onScreen = null;

  addEventListener("beforeprint", () => {
    onScreen ??= document.body.getAttribute(SCHEME);
    document.body.setAttribute(SCHEME, "default");
  });

  addEventListener("afterprint", () => {
    if (onScreen !== null) document.body.setAttribute(SCHEME, onScreen);
    onScreen = null;
  });
})();
