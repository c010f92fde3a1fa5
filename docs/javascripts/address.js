// What a page shows, in its address, after the #: so it can be shared, kept, and found again after a reload.
"use strict";
globalThis.layerByLayer ??= {};
{
  // Kinds of values: read(text) → the value, or undefined for a text that is none; write(value) → the text.

  // A whole number from least to most.
  function whole(least, most) {
    const valid = (text) => /^\d{1,6}$/.test(text) && Number(text) >= least && Number(text) <= most;
    return { read: (text) => (valid(text) ? Number(text) : undefined), write: String };
  }

  // One of several words.
  function word(...words) {
    return { read: (text) => (words.includes(text) ? text : undefined), write: String };
  }

  // A number of a layer, {map, row, column}; most is the largest of each.
  function cell(most) {
    const names = ["map", "row", "column"];
    return {
      read(text) {
        const parts = text.split(",").map((part, i) => (i < 3 ? whole(0, most[names[i]]).read(part) : undefined));
        if (parts.length !== 3 || parts.includes(undefined)) return undefined;
        return { map: parts[0], row: parts[1], column: parts[2] };
      },
      write: ({ map, row, column }) => `${map},${row},${column}`,
    };
  }

  // A list of numbers.
  const numbers = {
    read(text) {
      const parts = text.split(",");
      return parts.every((part) => /^-?\d{1,4}(\.\d{1,6})?$/.test(part)) ? parts.map(Number) : undefined;
    },
    write: (values) => values.map((value) => String(Number(value.toFixed(6)))).join(","),
  };

  // The strokes of a drawing: two characters for each coordinate, a point between strokes.
  const strokes = {
    read(text) {
      if (text === "") return []; // bare paper
      if (!/^([0-9a-z]{4})+(\.([0-9a-z]{4})+)*$/.test(text)) return undefined;
      const result = text
        .split(".")
        .map((stroke) => stroke.match(/.{4}/g).map((point) => [point.slice(0, 2), point.slice(2)].map(fromTwo)));
      return result.flat(2).every((coordinate) => coordinate < layerByLayer.SIDE) ? result : undefined;
    },
    write: (lists) => lists.map((points) => points.flat().map(toTwo).join("")).join("."),
  };
  const toTwo = (coordinate) => coordinate.toString(36).padStart(2, "0");
  const fromTwo = (text) => parseInt(text, 36);

  // The values in a fragment, "#name=text&…", by the kinds of `fields`. What is unknown or impossible is left out.
  function fromFragment(fragment, fields) {
    const values = {};
    for (const [name, text] of new URLSearchParams(fragment.replace(/^#/, ""))) {
      const value = fields[name]?.read(text);
      if (value !== undefined) values[name] = value;
    }
    return values;
  }

  // The fragment, without the #, for all values that are given and are not the usual ones.
  function toFragment(values, fields, usual) {
    const texts = Object.keys(fields)
      .filter((name) => values[name] !== null && values[name] !== undefined)
      .map((name) => [name, fields[name].write(values[name]), usual[name] ?? null])
      .filter(([name, text, other]) => other === null || text !== fields[name].write(other));
    return texts.map(([name, text]) => `${name}=${text}`).join("&");
  }

  // Put values into the address of the page. A link to a heading stays as long as all values are the usual ones.
  function keepInAddress(values, fields, usual) {
    const fragment = toFragment(values, fields, usual);
    if (fragment !== "" || location.hash.includes("=")) history.replaceState(history.state, "", `#${fragment}`);
  }

  Object.assign(layerByLayer, { whole, word, cell, numbers, strokes, fromFragment, toFragment, keepInAddress });
}
