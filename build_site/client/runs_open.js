// One run, opened from the table: configuration, learning curve, and Python to start from.
"use strict";

(() => {
  const { dom, format, parts, plots, quantiles, runsCurves, runTable, selection, snippet, study } = hyperatlas;
  const ACCURACIES = ["test_accuracy", "validation_accuracy"];
  const LOSSES = ["train_loss"];
  const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

  const place = (id) => document.getElementById(id);
  const figures = {};
  let opened = -1;
  let opener = null;

  function show(chosen) {
    const run = chosen.view.run === undefined ? -1 : parts.runs.find(chosen.view.run);
    if (run === opened) return;
    opened = run;
    if (run < 0) close();
    else open(run);
  }

  function open(run) {
    const dialog = place("run-dialog");
    if (!dialog.open) opener = document.activeElement;
    fill(run);
    if (!dialog.open) dialog.showModal();
    dialog.scrollTop = 0;
    place("run-close").focus();
    fillCourse(run);
  }

  // The table may have been drawn anew meanwhile: then its row of the same run has the focus.
  function close() {
    const dialog = place("run-dialog");
    if (!dialog.open) return;
    const row = document.querySelector(`#run-table tr[data-run="${CSS.escape(dialog.dataset.run)}"] button`);
    dialog.close();
    const target = opener?.isConnected && opener !== document.body ? opener : row;
    (target ?? document.querySelector("#run-table thead button")).focus();
  }

  const leave = () => selection.change({ view: { ...selection.current().view, run: "" } });

  function fill(run) {
    const id = parts.runs.id(run);
    const { dataset, diverged, raw } = study.columns;
    const label = study.datasets[dataset[run]].label;
    place("run-dialog").dataset.run = id;
    place("run-title").textContent = `Run ${id}`;
    const ended = diverged[run] ? "diverged" : `${study.metricLabel} ${format.metric(raw[run], study.isShare)}`;
    place("run-facts").textContent = `${label} · ${ended}`;
    fillConfiguration(run, []);
    place("run-snippet").textContent = program(run);
    place("run-copy").textContent = "Copy";
  }

  function program(run) {
    const { dataset, raw, diverged } = study.columns;
    const ended = diverged[run] ? "diverged" : format.metric(raw[run], study.isShare).replace("\u00a0", " ");
    const heading = `Run ${parts.runs.id(run)} on ${study.datasets[dataset[run]].label}: ${ended}`;
    return snippet(configuration(run), parts.runs.classes[dataset[run]], heading);
  }

  // { parameter: value } of a run, numbers as numbers; null where there is none.
  function configuration(run) {
    return Object.fromEntries(study.parameters.map((parameter) => {
      const values = study.columns[`value:${parameter.name}`];
      if (values) return [parameter.name, Number.isFinite(values[run]) ? runTable.exactNumber(study, parameter, run) : null];
      const { key, missing } = parameter.levels[study.columns[`level:${parameter.name}`][run]];
      const isNumber = parameter.kind === "ordinal" && NUMBER.test(key);
      return [parameter.name, missing ? null : isNumber ? Number(key) : key];
    }));
  }

  // Everything that is known about a run besides its configuration, once it is loaded.
  function course(run) {
    const { columns, words } = parts.curves;
    const number = (name, text) => {
      const value = columns[`run:${name}`]?.[run];
      return value === undefined || Number.isNaN(value) ? [] : [text(value)];
    };
    const word = (name) => words[name]?.[columns[`run:${name}`][run]];
    const share = (value) => format.metric(value, value >= 0 && value <= 1);
    return [
      ...number("train_accuracy", (v) => ["Training accuracy", share(v)]),
      ...number("validation_accuracy", (v) => ["Validation accuracy", share(v)]),
      ...number("train_loss", (v) => ["Training loss", format.metric(v, false)]),
      ...number("epochs", (v) => ["Epochs", String(v)]),
      ...number("seconds", (v) => ["Seconds", String(Number(v.toPrecision(3)))]),
      ...["device", "code_version"].flatMap((name) =>
        word(name) === undefined ? [] : [[name === "device" ? "Device" : "Code version", word(name)]]),
    ];
  }

  function fillConfiguration(run, more) {
    const known = hyperatlas.runColumns.slice(1).map((column) => [column.label, column.text(run)]);
    document.querySelector("#run-configuration tbody").replaceChildren(...[...known, ...more].map(([name, value]) =>
      dom.element("tr", {}, dom.element("th", { scope: "row" }, name), dom.element("td", {}, value))));
  }

  // What is in the script of the curves.
  async function fillCourse(run) {
    place("run-status").textContent = parts.curves ? "" : "Loading how it learned.";
    try {
      await runsCurves.load();
    } catch {
      if (opened === run) place("run-status").textContent = "How it learned could not be loaded; open the run again to try again.";
      return;
    }
    if (opened !== run) return;
    place("run-status").textContent = "";
    fillConfiguration(run, course(run));
    place("run-snippet").textContent = program(run); // with exact numbers
    if (!place("run-curves")) return;
    const measures = Object.keys(parts.curves.shares);
    const curves = Object.fromEntries(measures.map((measure) =>
      [measure, quantiles.curve(parts.curves, measure, run, study.runs)]));
    const epochs = parts.curves.epochs.filter((_, at) => measures.some((measure) => !Number.isNaN(curves[measure][at])));
    place("run-curves").hidden = epochs.length === 0;
    place("run-no-curve").hidden = epochs.length > 0;
    if (epochs.length === 0) return;
    fillCurveTable(measures, curves);
    for (const [name, group] of [["accuracy", ACCURACIES], ["loss", LOSSES]]) {
      const drawn = group.filter((measure) => measures.includes(measure));
      if (drawn.length > 0) await drawCurves(`run-${name}-plot`, drawn, curves);
    }
  }

  async function drawCurves(identifier, measures, curves) {
    const prepare = (figure) => {
      const all = [];
      for (const measure of measures) {
        const points = parts.curves.epochs.map((epoch, at) => ({ epoch, value: curves[measure][at] }))
          .filter(({ value }) => !Number.isNaN(value));
        const isShare = parts.curves.shares[measure];
        const data = {
          epoch: points.map(({ epoch }) => epoch), value: points.map(({ value }) => value),
          text: points.map(({ value }) => format.metric(value, isShare)),
        };
        plots.find(figure, measure).data_source.data = data;
        all.push(...data.value);
      }
      runsCurves.setRanges(figure, parts.curves.epochs, all, measures.every((measure) => parts.curves.shares[measure]));
    };
    if (figures[identifier]) prepare(await figures[identifier]);
    else await (figures[identifier] = plots.draw(identifier, prepare));
  }

  function fillCurveTable(measures, curves) {
    document.querySelector("#run-curve-table tbody").replaceChildren(...parts.curves.epochs.map((epoch, at) =>
      dom.element("tr", {}, dom.element("th", { scope: "row" }, String(epoch)),
        ...measures.map((measure) => dom.element("td", {}, format.metric(curves[measure][at], parts.curves.shares[measure]))))));
  }

  async function copy({ currentTarget: button }) {
    try {
      await navigator.clipboard.writeText(place("run-snippet").textContent);
      button.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(place("run-snippet"));
      button.textContent = "Selected: copy it with the keyboard";
    }
  }

  function start() {
    place("run-close").addEventListener("click", leave);
    place("run-copy").addEventListener("click", copy);
    const dialog = place("run-dialog");
    // Escape: the address changes, and the dialog follows it.
    dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      leave();
    });
    // A browser may close it all the same, when Escape is pressed twice.
    dialog.addEventListener("close", () => opened >= 0 && leave());
    dialog.addEventListener("click", (event) => {
      const { left, right, top, bottom } = dialog.getBoundingClientRect();
      const inside = event.clientX >= left && event.clientX < right && event.clientY >= top && event.clientY < bottom;
      if (event.target === dialog && !inside) leave();
    });
  }

  hyperatlas.runsOpen = { start, show, program };
})();
