// When a page has drawn what it has to. Injected into every page that is measured, ours and others':
// `settled()` resolves, once nothing was drawn for a while, with the time of the last drawing.
(() => {
  const QUIET = 400; // milliseconds
  let last = 0;
  const drawn = () => { last = performance.now(); };

  const drawing = [
    [CanvasRenderingContext2D, ["stroke", "fill", "fillRect", "clearRect", "fillText", "drawImage", "putImageData"]],
    [WebGLRenderingContext, ["drawArrays", "drawElements", "clear"]],
    [WebGL2RenderingContext, ["drawArrays", "drawElements", "clear"]],
  ];
  for (const [context, names] of drawing) {
    for (const name of names) {
      const original = context.prototype[name];
      context.prototype[name] = function draw(...given) {
        const result = original.apply(this, given);
        drawn();
        return result;
      };
    }
  }
  // Text, tables and SVG.
  new MutationObserver(drawn).observe(document, {
    subtree: true, childList: true, characterData: true, attributes: true,
  });

  window.settled = () => new Promise((resolve) => {
    const asked = performance.now();
    function frame() {
      if (performance.now() - Math.max(last, asked) > QUIET) resolve(last);
      else requestAnimationFrame(frame);
    }
    requestAnimationFrame(frame);
  });
})();
