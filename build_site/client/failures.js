// Failures: draws the maps that were computed when the site was built; one where no run failed.
"use strict";

for (const map of document.querySelectorAll(".failures-wide .atlas-plot__canvas")) hyperatlas.plots.draw(map.id);
