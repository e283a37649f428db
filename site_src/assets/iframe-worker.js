// From disk a browser refuses to start a worker, which the search needs. There, and only there,
// a worker's script runs in a hidden frame instead, with the few things that a worker offers.
"use strict";

if (location.protocol === "file:") {
  window.Worker = class extends EventTarget {
    constructor(url) {
      super();
      const frame = document.createElement("iframe");
      frame.hidden = true;
      document.body.append(frame);
      const scope = frame.contentWindow;
      this.ready = new Promise((resolve) => {
        scope.postMessage = (data) => this.dispatchEvent(new MessageEvent("message", { data }));
        scope.importScripts = (...urls) => Promise.all(urls.map((each) => load(scope, each)));
        load(scope, url).then(() => resolve(scope));
      });
    }

    postMessage(data) {
      this.ready.then((scope) => scope.dispatchEvent(new MessageEvent("message", { data })));
    }
  };

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
