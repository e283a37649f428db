// Home: draws what was computed when the site was built.
"use strict";

hyperatlas.plots.draw("top-share");
