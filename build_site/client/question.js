// A question: draws the picture of the answer that was computed when the site was built.
"use strict";

if (document.getElementById("answer-plot")) hyperatlas.plots.draw("answer-plot");
