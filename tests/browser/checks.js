// What must hold on any page: each check returns what is wrong, in words.
"use strict";

(() => {
  // The fifth row of a table is made as the fourth, and in our wide tables the sixth column as the
  // fifth; hundreds of them take axe ten seconds, even if it is told to leave them out.
  const ALIKE = "tbody > tr:nth-child(n + 5), tr > :nth-child(n + 6), li:nth-child(n + 5)";

  // What is the same around every page of a site.
  const FRAME = [".md-header", ".md-tabs", ".md-footer"];

  // Serious and critical violations, of some rules or all, with the frame or without. (From disk
  // axe could not fetch style sheets, nor need it.)
  async function accessibility({ rules, frame }) {
    const options = { preload: false, resultTypes: ["violations"], ...(rules && { runOnly: rules }) };
    const exclude = frame ? [] : FRAME;
    const run = (more) => axe.run({ include: [document], exclude }, { ...options, ...more });
    // A box may scroll because of what is to be taken away.
    const found = rules ? [] : [await run({ runOnly: ["scrollable-region-focusable"] })];
    const putBack = takeAway(document.querySelectorAll(ALIKE));
    try {
      found.push(await run());
    } finally {
      putBack();
    }
    const violations = found.flatMap((each) => each.violations);
    return violations
      .filter(({ impact }) => ["serious", "critical"].includes(impact))
      .flatMap(({ id, nodes }) => nodes.map((node) =>
        `${id}: ${node.html.slice(0, 120)} ${node.any[0]?.message ?? ""}`));
  }

  // Takes elements out of the page; returns what puts each back in its place.
  function takeAway(elements) {
    const places = [...elements].map((element) => {
      const place = document.createComment("");
      element.replaceWith(place);
      return [place, element];
    });
    return () => places.forEach(([place, element]) => place.replaceWith(element));
  }

  // What sticks out of the screen sideways, unless inside a box that scrolls or clips.
  function overflow() {
    const width = document.documentElement.clientWidth;
    const wide = document.scrollingElement.scrollWidth;
    const problems = wide > width ? [`the page is ${wide} wide`] : [];
    for (const element of document.querySelectorAll(".md-content *")) {
      const { left, right } = element.getBoundingClientRect();
      if (right > left && (right > width + 1 || left < -1) && !boxed(element)) {
        problems.push(`${element.tagName} ${element.getAttribute("class")} ${left} to ${right}`);
      }
    }
    return problems;
  }

  function boxed(element) {
    for (let box = element.parentElement; box !== document.body; box = box.parentElement) {
      if (getComputedStyle(box).overflowX !== "visible") return true;
    }
    return false;
  }

  // Plots in sight without a caption, a filled table, their tools, a hover, or names on their axes.
  const plots = () => [...document.querySelectorAll(".atlas-plot")]
    .filter((figure) => figure.checkVisibility()).flatMap(plotProblems);

  function plotProblems(figure) {
    const place = figure.querySelector(".atlas-plot__canvas");
    const table = document.getElementById(place.dataset.table);
    const model = hyperatlas.plots.view(place.id)?.model;
    const axes = ["above", "below", "left", "right"].flatMap((side) => model?.[side] ?? [])
      .filter((item) => item.visible && /Axis$/.test(item.type) && item.type !== "CategoricalAxis");
    const cells = [...table?.querySelectorAll("tbody td") ?? []];
    const shown = (selector) => figure.querySelector(selector)?.checkVisibility() ?? false;
    const wrong = {
      "is not drawn": !model,
      "has no caption": !figure.querySelector("figcaption")?.textContent.trim(),
      "has no table": !table,
      "has an empty table": !cells.some((cell) => cell.textContent.trim()),
      "cannot be saved": !["png", "svg", "csv"].every((kind) => shown(`[data-save=${kind}]`)),
      "does not open its table": shown("[data-show-table]") !== Boolean(table?.closest("details")),
      "has no hover": !model?.toolbar.tools.some((tool) => tool.type === "HoverTool"),
      "has an axis without a name": axes.some((axis) => !axis.axis_label),
    };
    return Object.keys(wrong).filter((what) => wrong[what]).map((what) => `${place.id} ${what}`);
  }

  // What has the focus, if a reader cannot see that it has.
  function lostFocus() {
    const focused = document.activeElement;
    if (!focused.closest(".md-content")) return null;
    const { outlineStyle, boxShadow } = getComputedStyle(focused);
    const handle = focused.matches(".atlas-range__handle"); // the ring is around its thumb
    const marked = handle || outlineStyle !== "none" || boxShadow !== "none";
    return marked && focused.checkVisibility() ? null : focused.outerHTML.slice(0, 120);
  }

  // Elements that only a text of the study could have made, anywhere, in plots too.
  function planted() {
    const roots = [document];
    for (const root of roots) {
      for (const { shadowRoot } of root.querySelectorAll("*")) {
        if (shadowRoot) roots.push(shadowRoot);
      }
    }
    const made = (root) => `${root === document ? ".md-content " : ""}img, [href^='javascript:']`;
    return roots.flatMap((root) => [...root.querySelectorAll(made(root))])
      .map((element) => element.outerHTML);
  }

  // What a check finds at last: nothing, or what is still wrong after so many milliseconds. It
  // first looks when all that waits for a frame has been drawn.
  async function settled(check, patience) {
    const end = performance.now() + patience;
    await new Promise((resolve) => { requestAnimationFrame(() => setTimeout(resolve)); });
    for (;;) {
      const problems = check();
      if (problems.length === 0 || performance.now() > end) return problems;
      await new Promise((resolve) => { setTimeout(resolve, 20); });
    }
  }

  window.checks = { accessibility, lostFocus, overflow, planted, plots, settled };
})();
