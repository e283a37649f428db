// Claims: draws what was computed when the site was built.
"use strict";

hyperatlas.plots.draw("claims-plot");
