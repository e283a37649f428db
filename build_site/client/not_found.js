// The page for addresses that lead nowhere is served at any depth, under a path that nobody told the
// build: the site's folder is the nearest one above the address that holds the site's icon.
"use strict";

(() => {
  const main = document.querySelector("main");

  function* foldersAbove(address) {
    let folder = new URL(".", address);
    for (;;) {
      yield folder;
      const above = new URL("..", folder);
      if (above.href === folder.href) return;
      folder = above;
    }
  }

  // Resolves to whether the site is in that folder.
  const holdsSite = (folder) => new Promise((resolve) => {
    const icon = new Image();
    icon.onload = () => resolve(true);
    icon.onerror = () => resolve(false);
    icon.src = new URL("assets/favicon.svg", folder).href;
  });

  async function leadToSite() {
    if (main.dataset.site && location.href.startsWith(main.dataset.site)) return;
    for (const folder of foldersAbove(location.href)) {
      if (!await holdsSite(folder)) continue;
      for (const link of main.querySelectorAll("[data-page]")) {
        link.href = new URL(link.dataset.page, folder).href;
      }
      return;
    }
  }

  leadToSite();
})();
