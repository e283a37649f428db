// Programs to start from, each in a place that says with which configuration, and their copy buttons.
"use strict";

(() => {
  const { snippet } = hyperatlas;

  // Write the program into the `pre` of a block.
  function fill(block, configuration, classes, heading) {
    block.querySelector("code").textContent = snippet(configuration, classes, heading);
    block.querySelector("button").textContent = "Copy";
  }

  async function copy(block, button) {
    const code = block.querySelector("code");
    try {
      await navigator.clipboard.writeText(code.textContent);
      button.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(code);
      button.textContent = "Selected: copy it with the keyboard";
    }
  }

  for (const block of document.querySelectorAll("[data-snippet]")) {
    const button = block.querySelector("button");
    button.addEventListener("click", () => copy(block, button));
    if (!block.dataset.snippet) continue;
    const { configuration, classes, heading } = JSON.parse(block.dataset.snippet);
    fill(block, configuration, classes, heading);
  }

  hyperatlas.snippetBlock = { fill };
})();
