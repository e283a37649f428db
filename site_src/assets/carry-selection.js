// The selection lives in the address; links to the other pages of a folder take it along, those to a
// place on a page do not. Every page has this script, so that the selection survives the way through
// pages that show no runs.
"use strict";

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href]");
  if (!link || (link.hash && !link.dataset.carries)) return;
  const folder = (url) => url.pathname.slice(0, url.pathname.lastIndexOf("/"));
  if (link.origin === location.origin && folder(link) === folder(location)) {
    link.hash = location.hash;
    link.dataset.carries = "selection";
  }
}, true);
