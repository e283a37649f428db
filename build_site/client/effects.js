// Effects: draws the picture that was computed when the site was built.
"use strict";

hyperatlas.plots.draw("effects-plot");
