// A plot as a picture that stands by itself: what it shows, the selection, the legend of the page and
// the plot, on the page's colours. BokehJS paints the plot; this adds the rest.
"use strict";

(() => {
  const MARGIN = 16;
  const LINE = 18; // height of a line of text
  const SWATCH = 11;
  const NAMESPACE = "http://www.w3.org/2000/svg";
  const FAMILY = "Helvetica, Arial, sans-serif";
  // Texts may hold what no XML file can, not even escaped (XML 1.0, section 2.2).
  const NOT_XML = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;

  const font = (bold) => `${bold ? "bold " : ""}13px ${FAMILY}`;

  // What stands above the plot, each with its place: { x, y, text, bold } or { x, y, colour }.
  function heading({ title, notes, legend, width }) {
    const marks = [];
    let y = MARGIN;
    for (const [text, bold] of [[title, true], ...notes.map((note) => [note, false])]) {
      for (const line of wrap(text, width, bold)) {
        marks.push({ x: MARGIN, y, text: line, bold });
        y += LINE;
      }
    }
    let x = MARGIN;
    for (const { colour, text } of legend) {
      const indent = colour ? SWATCH + 5 : 0;
      const needed = indent + measure(text, false);
      if (x > MARGIN && x + needed > MARGIN + width) {
        x = MARGIN;
        y += LINE;
      }
      if (colour) marks.push({ x, y: y + 1, colour });
      marks.push({ x: x + indent, y, text, bold: false });
      x += needed + 16;
    }
    return { marks, height: y - MARGIN + (legend.length > 0 ? LINE : 0) };
  }

  const measure = (text, bold) => hyperatlas.textWidth.measure(text, font(bold));

  // A text as lines of at most that width; a word that is longer than a line is cut.
  function wrap(text, width, bold) {
    const lines = [""];
    for (const word of text.split(/[ \n]+/).flatMap((word) => pieces(word, width, bold))) {
      const longer = `${lines.at(-1)} ${word}`.trim();
      if (measure(longer, bold) <= width) lines[lines.length - 1] = longer;
      else lines.push(word);
    }
    return lines.filter((line) => line !== "");
  }

  function pieces(word, width, bold) {
    const parts = [];
    let rest = [...word];
    while (rest.length > 1 && measure(rest.join(""), bold) > width) {
      let length = rest.length - 1;
      while (length > 1 && measure(rest.slice(0, length).join(""), bold) > width) length -= 1;
      parts.push(rest.slice(0, length).join(""));
      rest = rest.slice(length);
    }
    return [...parts, rest.join("")];
  }

  // The sizes of a picture, in CSS pixels.
  function layout(view, options) {
    const { width, height } = view.bbox;
    const top = heading({ ...options, width });
    const offset = MARGIN + top.height + 6;
    return { marks: top.marks, offset, width: width + 2 * MARGIN, height: offset + height + MARGIN };
  }

  // A PNG file, in the resolution of the screen.
  function png(view, options) {
    const plot = view.export("png", true).canvas;
    const ratio = plot.width / view.bbox.width;
    const { marks, offset, width, height } = layout(view, options);
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    const context = canvas.getContext("2d");
    context.scale(ratio, ratio);
    context.fillStyle = options.background;
    context.fillRect(0, 0, width, height);
    context.textBaseline = "top";
    for (const { x, y, text, bold, colour } of marks) {
      context.fillStyle = colour ?? options.foreground;
      context.font = font(bold);
      if (colour) context.fillRect(x, y, SWATCH, SWATCH);
      else context.fillText(text, x, y);
    }
    context.drawImage(plot, MARGIN, offset, view.bbox.width, view.bbox.height);
    return new Promise((resolve, reject) => {
      canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), "image/png");
    });
  }

  // An SVG file, its texts as texts.
  function svg(view, options) {
    const { marks, offset, width, height } = layout(view, options);
    const root = node("svg", { xmlns: NAMESPACE, width, height, viewBox: `0 0 ${width} ${height}` });
    root.append(node("title", {}, options.title), node("rect", { width, height, fill: options.background }));
    for (const { x, y, text, bold, colour } of marks) {
      root.append(colour
        ? node("rect", { x, y, width: SWATCH, height: SWATCH, fill: colour })
        : node("text", {
          x, y: y + 12, fill: options.foreground, "font-family": FAMILY, "font-size": 13,
          "font-weight": bold ? "bold" : "normal",
        }, text));
    }
    const plot = drawing(view);
    plot.setAttribute("x", MARGIN);
    plot.setAttribute("y", offset);
    root.append(plot);
    const text = new XMLSerializer().serializeToString(root).replace(NOT_XML, "\uFFFD");
    return new Blob([text], { type: "image/svg+xml" });
  }

  // What BokehJS paints, as an SVG element.
  function drawing(view) {
    const plot = view.export("svg", false).ctx.get_svg();
    // BokehJS writes every text twice, once as an outline that nobody sees.
    plot.querySelectorAll('text[fill="none"][stroke-opacity="0"]').forEach((text) => text.remove());
    return plot;
  }

  function node(name, attributes, text = "") {
    const made = document.createElementNS(NAMESPACE, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.textContent = text;
    return made;
  }

  hyperatlas.plotImage = { drawing, png, svg };
})();
