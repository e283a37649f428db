// A table of the page as a CSV file (RFC 4180).
"use strict";

(() => {
  // Without the flag i, which makes a page that opens load the letters of all languages first.
  const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*%?$/;

  // A spreadsheet runs what begins like this, unless it is a number. An apostrophe makes it a text.
  // Some take the full-width signs of Chinese and Japanese texts for the same.
  const FORMULA = /^[=+\-@\uff1d\uff0b\uff0d\uff20\t\r]/;

  function field(text) {
    const safe = FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text;
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  }

  // Rows of texts as CSV.
  const csv = (rows) => rows.map((row) => `${row.map(field).join(",")}\r\n`).join("");

  // The rows of a table as texts. A cell that spans several columns or rows stands in each.
  function texts(table) {
    const rows = [...table.rows].map(() => []);
    [...table.rows].forEach((row, top) => {
      let left = 0;
      for (const cell of row.cells) {
        while (rows[top][left] !== undefined) left += 1;
        const text = cell.textContent.replaceAll(/\s+/g, " ").trim();
        const bottom = Math.min(top + cell.rowSpan, rows.length);
        for (let y = top; y < bottom; y++) {
          for (let x = left; x < left + cell.colSpan; x++) rows[y][x] = text;
        }
        left += cell.colSpan;
      }
    });
    return rows;
  }

  hyperatlas.tableText = { csv, texts };
})();
