// The selection lives in the address. Links to the other pages of a study take it along, and those
// to a place on this page go there without giving it up. Every page has this script, so that the
// selection survives the way through pages that show no runs.
//
// Where several studies share a site, the pages that belong to none (Methods, the front page) are
// told whose selection they pass on: study=NAME. Only that study gets it back.
"use strict";

(() => {
  const root = new URL("../", document.currentScript.src).pathname;

  function folders() {
    const study = document.querySelector("[data-study-folder]")?.dataset.studyFolder;
    const own = study && new URL(study, location.href).pathname;
    const name = new URLSearchParams(location.hash.slice(1)).get("study");
    return { own, from: name && new URL(`${encodeURIComponent(name)}/`, location.origin + root).pathname };
  }

  // The fragment that a link to that page takes along; null where the selection has no meaning.
  function carried(pathname) {
    const { own, from } = folders();
    const selection = location.hash.includes("=") ? location.hash.slice(1) : "";
    const query = selection.replace(/(^|&)study=[^&]*/, "").replace(/^&/, "");
    if (!pathname.startsWith(root)) return null;
    if (own && pathname.startsWith(own)) return query;
    if (!own && from && pathname.startsWith(from)) return query;
    const isShared = !pathname.slice(root.length).includes("/");
    if (!isShared && (own || from)) return null; // a page of another study
    if (!own || query === "") return selection;
    return `${query}&study=${own.slice(root.length).replace(/\/$/, "")}`;
  }

  // Before a link can be followed in any way: clicked, opened in another tab, copied, dragged.
  function prepare(event) {
    const link = event.target.closest?.("a[href]");
    if (!link || link.origin !== location.origin || isPlace(link)) return;
    const fragment = carried(link.pathname);
    if (fragment === null) return;
    link.hash = fragment;
    link.dataset.carries = "selection";
  }

  const isPlace = (link) => link.hash !== "" && !link.dataset.carries;

  function follow(event) {
    prepare(event);
    const link = event.target.closest?.("a[href]");
    const elsewhere = event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
    if (!link || elsewhere || link.origin !== location.origin || !isPlace(link)) return;
    if (link.pathname !== location.pathname || !location.hash.includes("=")) return;
    const target = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (!target) return;
    event.preventDefault();
    target.tabIndex = -1; // so that the keyboard goes on from there
    target.focus();
    target.scrollIntoView();
  }

  for (const kind of ["pointerdown", "focusin", "contextmenu", "dragstart", "auxclick"]) {
    document.addEventListener(kind, prepare, true);
  }
  document.addEventListener("click", follow, true);
})();
