// The theme's search is a dialog, but says to no screen reader which.
"use strict";

document.querySelector(".md-search[role=dialog]")?.setAttribute("aria-label", "Search");
