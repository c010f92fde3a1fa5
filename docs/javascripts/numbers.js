// Writes numbers, and small tables of them, for people.
"use strict";
globalThis.layerByLayer ??= {};
{
  // A number with about three digits that count, and not too many of them behind the point.
  function written(x, most = 4) {
    if (x === 0) return "0";
    const places = Math.min(Math.max(2 - Math.floor(Math.log10(Math.abs(x))), 0), most);
    const text = x.toFixed(places);
    return Number(text) === 0 ? "0" : text.replace("-", "−");
  }

  // A number between parentheses if it is negative, for sums.
  function term(x) {
    return written(x).startsWith("−") ? `(${written(x)})` : written(x);
  }

  function percent(share) {
    return `${(100 * share).toFixed(1)} %`;
  }

  // An element with text or other elements in it.
  function element(tag, properties = {}, ...content) {
    const result = Object.assign(document.createElement(tag), properties);
    result.append(...content);
    return result;
  }

  // A small table of numbers, shaded by their size: {caption, values, columns}, and the place of one that is marked.
  function grid({ caption, values, columns, marked = -1 }) {
    const largest = Math.max(...values.map(Math.abs)) || 1;
    const cells = values.map((value, place) => {
      const cell = element("td", { className: value < 0 ? "live-negative" : "live-positive" }, written(value, 3));
      cell.style.setProperty("--strength", `${Math.round((100 * Math.abs(value)) / largest)}%`);
      if (place === marked) cell.classList.add("live-marked");
      return cell;
    });
    const rows = [];
    for (let start = 0; start < cells.length; start += columns) rows.push(element("tr", {}, ...cells.slice(start, start + columns)));
    return element("table", { className: "live-grid", role: "presentation" }, element("caption", {}, caption), element("tbody", {}, ...rows));
  }

  // A table with a heading for each column: rows are lists of texts or elements, the first of which names the row; one row may be marked.
  function list({ caption, headings, rows, marked = -1 }) {
    const head = element("tr", {}, ...headings.map((text) => element("th", { scope: "col" }, text)));
    const body = rows.map(([name, ...others], place) =>
      element(
        "tr",
        { className: place === marked ? "live-marked" : "" },
        element("th", { scope: "row" }, name),
        ...others.map((text) => element("td", {}, text)),
      ),
    );
    return element(
      "table",
      { className: "live-list" },
      element("caption", {}, caption),
      element("thead", {}, head),
      element("tbody", {}, ...body),
    );
  }

  Object.assign(layerByLayer, { written, term, percent, element, grid, list });
}
