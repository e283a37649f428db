// From disk a browser refuses to start a worker, which the search needs. There, and only there,
// a worker's script runs in a hidden frame instead, with the few things that a worker offers. It
// would run while the page draws, so it starts when a reader comes to the search.
"use strict";

if (location.protocol === "file:") {
  window.Worker = class extends EventTarget {
    constructor(url) {
      super();
      this.ready = searched().then(() => start(this, url));
    }

    postMessage(data) {
      this.ready.then((scope) => scope.dispatchEvent(new MessageEvent("message", { data })));
    }
  };

  // Resolves when the search has the focus, which an address with a search in it gives it too.
  function searched() {
    const search = document.querySelector("[data-md-component=search]");
    return new Promise((resolve) => {
      if (search.contains(document.activeElement)) resolve();
      else search.addEventListener("focusin", resolve, { once: true });
    });
  }

  // Resolves to the window in which the script of a worker runs.
  async function start(worker, url) {
    const frame = document.createElement("iframe");
    frame.hidden = true;
    document.body.append(frame);
    const scope = frame.contentWindow;
    scope.postMessage = (data) => worker.dispatchEvent(new MessageEvent("message", { data }));
    scope.importScripts = (...urls) => Promise.all(urls.map((each) => load(scope, each)));
    await load(scope, url);
    return scope;
  }

  function load(scope, url) {
    return new Promise((resolve, reject) => {
      const script = scope.document.createElement("script");
      script.src = url;
      script.onload = resolve;
      script.onerror = reject;
      scope.document.body.append(script);
    });
  }
}
