// The selection lives in the address. Links to the other pages of a study take it along, and those
// to a place on this page go there without giving it up. Every page has this script, so that the
// selection survives the way through pages that show no runs.
//
// Where several studies share a site, the pages that belong to none (Methods, the front page) are
// told whose selection they pass on: study=NAME. Only that study gets it back. A place on another
// page travels beside the selection: at=PLACE.
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
    const without = (name, query) => query.replace(new RegExp(`(^|&)${name}=[^&]*`), "").replace(/^&/, "");
    const selection = without("at", location.hash.includes("=") ? location.hash.slice(1) : "");
    const query = without("study", selection);
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
    if (!link || link.origin !== location.origin || isHere(link) || hasOwn(link)) return;
    const fragment = carried(link.pathname);
    if (fragment === null) return;
    const place = (link.dataset.place ??= link.dataset.carries ? "" : link.hash.slice(1));
    link.hash = place && fragment ? `${fragment}&at=${place}` : fragment || place;
    link.dataset.carries = "selection";
  }

  // Whether a link was made with a selection in it.
  const hasOwn = (link) => link.hash.includes("=") && !link.dataset.carries;

  // Whether a link goes to a place on this page.
  const isHere = (link) =>
    link.hash !== "" && !link.dataset.carries && link.pathname === location.pathname;

  function follow(event) {
    prepare(event);
    const link = event.target.closest?.("a[href]");
    const elsewhere = event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
    if (!link || elsewhere || link.origin !== location.origin || !isHere(link)) return;
    if (location.hash.includes("=") && goTo(decodeURIComponent(link.hash.slice(1)))) event.preventDefault();
  }

  // Whether that place is on this page.
  function goTo(place) {
    const target = document.getElementById(place);
    if (!target) return false;
    target.tabIndex = -1; // so that the keyboard goes on from there
    target.focus();
    target.scrollIntoView();
    return true;
  }

  const place = new URLSearchParams(location.hash.slice(1)).get("at");
  if (place) addEventListener("load", () => goTo(place));

  for (const kind of ["pointerdown", "focusin", "contextmenu", "dragstart", "auxclick"]) {
    document.addEventListener(kind, prepare, true);
  }
  document.addEventListener("click", follow, true);
})();
