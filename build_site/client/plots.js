// Turns the plot descriptions in a page into Bokeh plots, and keeps them in the page's colours.
"use strict";

(() => {
  // plots.py names a colour with a tag "property:--variable"; set each from the CSS variable.
  function applyTheme({ models }) {
    const style = getComputedStyle(document.body);
    for (const model of models) {
      for (const tag of model.tags ?? []) {
        const [property, variable] = String(tag).split(":");
        if (variable) model[property] = style.getPropertyValue(variable).trim();
      }
    }
  }

  // Bokeh.embed.embed_item draws before its figure can be had; these are the parts it is made of.
  const { Document } = Bokeh.require("document");

  // Bokeh's own colour for the names in a hover is too pale on white; a long text must wrap.
  const HOVER = `
    :host { max-width: min(24rem, 80vw); opacity: 1; overflow-wrap: anywhere; }
    .bk-tooltip-row-label { color: var(--atlas-muted); white-space: nowrap; }
  `;
  Bokeh.Models.get("Tooltip").override({ stylesheets: () => [HOVER] });

  // To look through a figure takes milliseconds, so that is done once: its models are listed here.
  const known = new Map(); // figure -> { models, named: name -> model }
  const views = new Map(); // identifier -> what BokehJS drew
  const drawings = new Map(); // identifier -> the promise of that: some plots wait for the reader

  function drawing(identifier) {
    if (!drawings.has(identifier)) drawings.set(identifier, Promise.withResolvers());
    return drawings.get(identifier);
  }

  // Set the plots' colours from the page's as they are now.
  const recolour = () => known.forEach(applyTheme);

  const scheme = new MutationObserver(recolour);
  scheme.observe(document.body, { attributeFilter: ["data-md-color-scheme"] });

  // Draw the plot of that id; resolves to its figure. `prepare` fills its sources before it is
  // drawn for the first time.
  async function draw(identifier, prepare = () => {}) {
    const description = document.querySelector(`script[data-plot="${CSS.escape(identifier)}"]`);
    const document_ = Document.from_json(JSON.parse(description.textContent));
    const [figure] = document_.roots();
    const models = [...figure.references()];
    known.set(figure, { models, named: new Map(models.map((model) => [model.name, model])) });
    applyTheme(known.get(figure));
    prepare(figure);
    const place = document.getElementById(identifier);
    const made = await Bokeh.embed.add_document_standalone(document_, place);
    views.set(identifier, made.get(figure));
    // The plot does nothing with keys; its table and the controls around it are reached instead.
    view(identifier).canvas.events_el.tabIndex = -1;
    drawing(identifier).resolve(view(identifier));
    return figure;
  }

  // Resolves to the view of a plot once it is drawn.
  const drawn = (identifier) => drawing(identifier).promise;

  // The view of a plot that is drawn.
  const view = (identifier) => views.get(identifier);

  // The model of that name in a figure.
  const find = (figure, name) => known.get(figure).named.get(name);

  hyperatlas.plots = { draw, drawn, find, recolour, view };
})();
