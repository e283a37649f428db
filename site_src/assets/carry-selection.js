// The selection lives in the address. Links to the other pages of a study take it along, and those
// to a place on this page go there without giving it up. Every page has this script, so that the
// selection survives the way through pages that show no runs.
"use strict";

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href]");
  const selection = location.hash.includes("=") ? location.hash : "";
  if (!link || link.origin !== location.origin) return;
  const study = document.querySelector("[data-study-folder]")?.dataset.studyFolder ?? "./";
  const folder = new URL(study, location.href).pathname;
  const place = link.hash && !link.dataset.carries;
  if (place && selection && link.pathname === location.pathname) {
    const target = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (!target) return;
    event.preventDefault();
    target.tabIndex = -1; // so that the keyboard goes on from there
    target.focus();
    target.scrollIntoView();
  } else if (!place && link.pathname.startsWith(folder)) {
    link.hash = selection;
    link.dataset.carries = "selection";
  }
}, true);
