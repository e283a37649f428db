// Failures: draws the maps that were computed when the site was built.
"use strict";

for (const map of ["failures-plot", "rest-plot"]) hyperatlas.plots.draw(map);
