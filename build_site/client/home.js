// Home: draws what was computed when the site was built.
"use strict";

for (const bar of document.querySelectorAll(".advisor-bar")) {
  for (const name of ["low", "value", "high"]) bar.style.setProperty(`--${name}`, bar.dataset[name]);
}
hyperatlas.plots.draw("top-share");
