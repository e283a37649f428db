// The matrix of values: the lower triangle, a row and a column for each value, a line with the
// parameter's name above its first. Columns are named where they begin, right of the diagonal.
"use strict";

(() => {
  const { dom, format, plots, combinationWords: words, textWidth } = hyperatlas;
  const GAP = 0.5; // between the columns of two parameters, in widths of a cell
  const NARROWEST = 14; // pixels of a column; what does not fit then scrolls inside its box
  const WIDEST = 44;
  const BROADEST = 8000; // of all columns; browsers draw no canvas of any size
  const ROOM_FOR_NUMBERS = 27;
  const PALETTE = 65;
  const HEADER = 60; // pixels at the top of the window that the page's header covers
  const FONT = "12px helvetica, arial, sans-serif";
  const BOLD = `bold ${FONT}`;

  const channels = (colour) => [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));

  function mix(from, to, share) {
    const [a, b] = [channels(from), channels(to)];
    const hex = a.map((value, i) => Math.round(value + (b[i] - value) * share).toString(16));
    return `#${hex.map((text) => text.padStart(2, "0")).join("")}`;
  }

  // Blue for less often, orange for more often, what is as expected in the middle.
  function palette() {
    const style = getComputedStyle(document.body);
    const [under, middle, over] = ["under", "middle", "over"].map((name) =>
      style.getPropertyValue(`--combinations-${name}`).trim());
    return Array.from({ length: PALETTE }, (_, place) => {
      const share = (2 * place) / (PALETTE - 1) - 1;
      return mix(middle, share < 0 ? under : over, Math.abs(share));
    });
  }

  // Black or white, whichever is easier to read on a colour (WCAG 2, relative luminance).
  function readable(colour) {
    const [r, g, b] = channels(colour).map((value) => {
      const part = value / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179 ? "#000000" : "#ffffff";
  }

  // Where things are, in widths and heights of a cell.
  function placeLevels(levels) {
    const x = levels.map(({ place }, level) => level + GAP * place);
    const y = levels.map(({ place }, level) => level + place + 1);
    return { x, y, width: (x.at(-1) ?? -1) + 1 };
  }

  class CombinationMatrix {
    // `choose` is called with a cell that is clicked, or chosen with the keyboard.
    constructor(figure, place, choose) {
      Object.assign(this, { figure, place, choose, cells: [], cursor: null });
      this.box = dom.element("div", { class: "combinations-box", hidden: "" });
      this.guides = ["row", "column"].map((name) =>
        dom.element("div", { class: `combinations-guide combinations-guide--${name}`, hidden: "" }));
    }

    // The first drawing; before it a figure has no size.
    prepare(levels) {
      this.levels = levels;
      this.at = placeLevels(levels);
      const names = ["bands", "evident", "muted", "marks", "values", "parameters"];
      this.sources = Object.fromEntries(names.map((name) => {
        const model = plots.find(this.figure, name);
        return [name, model.data_source ?? model.source];
      }));
      this.byPlace = new Map();
      this.fit();
      this.colour();
    }

    // Columns as wide as there is room for.
    fit() {
      const { levels, at, figure, place } = this;
      const most = place.clientWidth < 500 ? 116 : 150;
      const widest = Math.max(0, ...levels.map(({ level }) => textWidth.measure(level.label, FONT)));
      this.left = Math.min(most, Math.max(64, widest + 14));
      const least = Math.min(BROADEST, Math.ceil(this.left + at.width * NARROWEST + 4));
      figure.min_width = least;
      this.width = Math.max(least, place.clientWidth);
      const room = this.width - this.left - 4;
      // The names of columns stand right of the diagonal: few columns are not spread out.
      this.cell = Math.min(WIDEST, room / at.width);
      figure.x_range.setv({
        start: -this.left / this.cell, end: (this.width - this.left) / this.cell,
      });
      this.write();
    }

    // The names of parameters and values, and the bands they stand on.
    write() {
      const { levels, at, left, cell, width } = this;
      const pixels = (x) => x / cell;
      const values = { x: [], y: [], text: [], align: [] };
      const parameters = { x: [], y: [], text: [], align: [] };
      const bands = { left: [], right: [], top: [], bottom: [] };
      const add = (texts, x, y, text, align) => {
        texts.x.push(x);
        texts.y.push(y);
        texts.text.push(text);
        texts.align.push(align);
      };
      const last = levels.at(-1)?.place;
      levels.forEach(({ parameter, place, level }, index) => {
        const [x, y] = [at.x[index], at.y[index]];
        add(values, pixels(-6), y + 0.5, textWidth.fit(level.label, left - 8, FONT), "right");
        const room = (from) => width - left - from * cell - 8;
        if (place !== last) {
          add(values, x + 1 + pixels(5), y + 0.5, textWidth.fit(level.label, room(x + 1), FONT), "left");
        }
        if (levels[index - 1]?.place === place) return;
        const end = place > 0 ? x * cell + left - 12 : width - 4;
        add(parameters, pixels(2 - left), y - 0.5, textWidth.fit(parameter.label, end, BOLD), "left");
        if (place > 0 && place !== last) {
          add(parameters, x, y - 0.5, textWidth.fit(parameter.label, room(x), BOLD), "left");
        }
        bands.left.push(-pixels(left));
        bands.right.push(x + 1);
        bands.top.push(y - 0.92);
        bands.bottom.push(y - 0.08);
      });
      this.sources.values.data = values;
      this.sources.parameters.data = parameters;
      this.sources.bands.data = bands;
    }

    // Take the colours of the page.
    colour() {
      this.colours = palette();
      plots.find(this.figure, "legend").color_mapper.palette = this.colours;
      this.mark();
    }

    draw({ cells, counts }) {
      this.cells = cells;
      this.byPlace = new Map(cells.map((cell) => [`${cell.row} ${cell.column}`, cell]));
      this.sources.evident.data = this.quads(cells.filter((cell) => !cell.muted));
      this.sources.muted.data = this.quads(cells.filter((cell) => cell.muted));
      this.mark();
      if (this.cursor) this.moveTo(this.find(this.cursor.row, this.cursor.column));
    }

    quads(cells) {
      const { at, levels } = this;
      const column = (value) => cells.map(value);
      return {
        left: column((cell) => at.x[cell.column]),
        right: column((cell) => at.x[cell.column] + 1),
        top: column((cell) => at.y[cell.row]),
        bottom: column((cell) => at.y[cell.row] + 1),
        log2: column((cell) => Math.max(-9, cell.log2)), // -Infinity has no colour
        first: column((cell) => words.full(levels[cell.column])),
        second: column((cell) => (cell.row === cell.column ? "–" : words.full(levels[cell.row]))),
        observed: column((cell) => `${format.count(cell.observed)} of ${format.count(cell.runs)}`),
        expected: column((cell) => words.amount(cell.expected)),
        ratio: column((cell) => `${words.ratio(cell.ratio)} (${words.interval(cell)})`),
        p: column((cell) => words.probability(cell.p)),
        q: column((cell) => words.probability(cell.q)),
      };
    }

    // The ratio in each cell; where there is no room, whether it is above or below 1.
    mark() {
      const shown = this.cells.filter((cell) => !cell.muted);
      const text = (cell) => (this.cell < ROOM_FOR_NUMBERS ? (cell.ratio > 1 ? "+" : "−")
        : words.ratio(cell.ratio));
      const colour = (cell) => {
        const place = Math.round(((Math.max(-2, Math.min(2, cell.log2)) + 2) / 4) * (PALETTE - 1));
        return readable(this.colours[place]);
      };
      this.sources.marks.data = {
        x: shown.map((cell) => this.at.x[cell.column] + 0.5),
        y: shown.map((cell) => this.at.y[cell.row] + 0.5),
        text: shown.map(text),
        colour: shown.map(colour),
      };
    }

    // Once the figure is on the page: mouse, keyboard, and changes of its width and colours.
    listen() {
      const { figure, place } = this;
      place.append(...this.guides, this.box);
      figure.on_event("tap", ({ x, y }) => {
        const cell = this.cellAt(x, y);
        if (cell) this.moveTo(cell);
        if (cell) this.choose(cell, { keyboard: false });
      });
      figure.on_event("mousemove", ({ x, y }) => this.guide(this.cellAt(x, y) ?? this.cursor));
      figure.on_event("mouseleave", () => this.guide(this.cursor));
      place.addEventListener("keydown", (event) => this.press(event));
      place.addEventListener("focus", () => {
        if (place.matches(":focus-visible")) this.moveTo(this.cursor ?? this.cells[0]);
      });
      new ResizeObserver(() => this.resize()).observe(place);
      new MutationObserver(() => this.colour())
        .observe(document.body, { attributeFilter: ["data-md-color-scheme"] });
    }

    resize() {
      if (this.place.clientWidth === this.seen) return;
      this.seen = this.place.clientWidth;
      this.fit();
      this.mark();
      this.guide(this.cursor);
      if (this.cursor) this.put(this.box, this.cursor.column, this.cursor.row);
    }

    find(row, column) {
      return this.byPlace.get(`${row} ${column}`) ?? null;
    }

    cellAt(x, y) {
      const column = this.at.x.findIndex((start) => x >= start && x < start + 1);
      const row = this.at.y.findIndex((start) => y >= start && y < start + 1);
      return this.find(row, column);
    }

    // The keyboard: arrows go to the next cell that way, Home and End to the ends of the row.
    press(event) {
      if (event.ctrlKey || event.altKey || event.metaKey) return;
      const from = this.cursor ?? this.cells[0];
      if (!from) return;
      const row = this.cells.filter((cell) => cell.row === from.row);
      const step = (down, right) => {
        let [y, x] = [from.row + down, from.column + right];
        for (; y >= 0 && x >= 0 && y < this.levels.length && x < this.levels.length; y += down, x += right) {
          if (this.find(y, x)) return this.find(y, x);
        }
        return from;
      };
      const targets = {
        ArrowUp: () => step(-1, 0), ArrowDown: () => step(1, 0),
        ArrowLeft: () => step(0, -1), ArrowRight: () => step(0, 1),
        Home: () => row[0], End: () => row.at(-1), Enter: () => from, " ": () => from,
      };
      if (!targets[event.key]) return;
      event.preventDefault();
      this.moveTo(targets[event.key]());
      this.reveal();
      if (event.key === "Enter" || event.key === " ") this.choose(this.cursor, { keyboard: true });
    }

    moveTo(cell) {
      this.cursor = cell ?? null;
      this.box.hidden = !cell;
      this.guide(this.cursor);
      if (cell) this.put(this.box, cell.column, cell.row);
      this.moved?.(this.cursor);
    }

    // Scroll the cursor into sight, from behind the page's header and the selection bar too.
    reveal() {
      const bar = document.getElementById("selection-bar");
      const sticky = getComputedStyle(bar).position === "sticky" ? bar.offsetHeight : 0;
      this.box.style.scrollMarginTop = `${sticky + HEADER}px`;
      this.box.scrollIntoView({ block: "nearest", inline: "nearest" });
    }

    // Lines from a cell to the names of its row and its column.
    guide(cell) {
      for (const guide of this.guides) guide.hidden = !cell;
      if (!cell) return;
      const [row, column] = this.guides;
      const { at } = this;
      this.put(row, -this.left / this.cell, cell.row, at.x[cell.column] + 1);
      this.put(column, cell.column, cell.column, null, at.y[cell.row] + 1);
    }

    // Lay an element over the cell of that row and column, or over what reaches further.
    put(element, column, row, right = null, bottom = null) {
      const { at, cell, left, figure } = this;
      const height = figure.inner_height / figure.y_range.start;
      const top = figure.height - figure.inner_height;
      const x = column < 0 ? column : at.x[column];
      Object.assign(element.style, {
        left: `${left + x * cell}px`,
        top: `${top + at.y[row] * height}px`,
        width: `${((right ?? x + 1) - x) * cell}px`,
        height: `${((bottom ?? at.y[row] + 1) - at.y[row]) * height}px`,
      });
    }
  }

  hyperatlas.CombinationMatrix = CombinationMatrix;
})();
