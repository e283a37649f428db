// Runs: every part of the page follows the selection, which is worked out once for all of them.
"use strict";

(() => {
  const { runsCurves, runsOpen, runsParallel, runsTable, selection, study } = hyperatlas;
  const followers = [];
  let basis = null;
  let latest = [];

  function follow(chosen) {
    // Parts that only depend on the selection are not drawn again for a search or an opened run.
    const now = selection.format({ ...chosen, view: { curve: chosen.view.curve } });
    const changed = now !== basis;
    if (changed) latest = [chosen, selection.mask(study, chosen)];
    basis = now;
    const [, masks] = latest;
    runsTable.show(chosen, masks, selection.format({ ...chosen, shown: selection.open().shown, view: {} }));
    if (changed) for (const show of followers) show(chosen, masks);
    runsOpen.show(chosen);
  }

  async function start() {
    runsTable.start();
    runsOpen.start();
    selection.subscribe(follow);
    const first = latest;
    followers.push(await runsParallel.start(...latest));
    const showCurves = runsCurves.start(() => latest);
    if (showCurves) followers.push(showCurves);
    // The selection may have changed while the plots were being made.
    if (latest !== first) for (const show of followers) show(...latest);
  }

  start();
})();
