// Draws tables of numbers as grey or coloured pixels, and lets one of the numbers be chosen, by pointing or with the arrow keys.
"use strict";
globalThis.layerByLayer ??= {};
{
  let palette = null; // made from the colours of the page, light or dark, when first needed

  // Draw maps side by side into a canvas.
  //   values: the maps one after the other, each row by row
  //   layout: {height, width} of a map, and for several {count, columns, gap}: how many, in how many columns, how many pixels apart
  //   largest: what is drawn as full ink; negative numbers, if signed, have a colour of their own
  function paint(canvas, values, layout, largest, signed = false) {
    const { height, width, count = 1, columns = 1, gap = 0 } = layout;
    const across = columns * (width + gap) - gap;
    const down = Math.ceil(count / columns) * (height + gap) - gap;
    if (canvas.width !== across || canvas.height !== down) Object.assign(canvas, { width: across, height: down });
    const context = canvas.getContext("2d");
    const image = context.createImageData(across, down);
    const pixels = new Uint32Array(image.data.buffer);
    const colours = (palette ??= makePalette())[signed ? "signed" : "ink"];
    const scale = 255 / (largest || 1);
    for (let map = 0, place = 0; map < count; map++) {
      const { top, left } = corner(layout, map);
      for (let row = 0; row < height; row++) {
        const start = (top + row) * across + left;
        for (let column = 0; column < width; column++) {
          const shade = Math.round(values[place++] * scale);
          pixels[start + column] = colours[255 + Math.max(-255, Math.min(shade, 255))];
        }
      }
    }
    context.putImageData(image, 0, 0);
  }

  // Colours for −255 to 255, from the variables of live.css, as the four bytes of a pixel.
  function makePalette() {
    const style = getComputedStyle(document.body);
    const [paper, ink, positive, negative] = ["paper", "ink", "positive", "negative"].map((name) => {
      const text = style.getPropertyValue(`--live-${name}`).trim();
      return [1, 3, 5].map((start) => parseInt(text.slice(start, start + 2), 16));
    });
    const between = (from, to, share) => {
      const [red, green, blue] = from.map((part, i) => Math.round(part + (to[i] - part) * share));
      return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
    };
    const shades = (dark, light) =>
      Uint32Array.from({ length: 511 }, (_, i) =>
        i < 255 ? between(paper, light, (255 - i) / 255) : between(paper, dark, (i - 255) / 255),
      );
    return { ink: shades(ink, paper), signed: shades(positive, negative) };
  }

  // Call back when the reader changes between light and dark.
  function onNewColours(callback) {
    new MutationObserver(() => {
      palette = null;
      callback();
    }).observe(document.body, { attributeFilter: ["data-md-color-scheme"] });
  }

  // Outline places of a canvas, which lies in an element of its own: {map, row, column, height, width, kind}. All but row and column may be
  // left out. The kind is a class of live.css.
  function mark(canvas, layout, places) {
    for (const old of canvas.parentElement.querySelectorAll(".live-mark")) old.remove();
    const percent = (part, all) => `${(100 * part) / all}%`;
    for (const { map = 0, row, column, height = 1, width = 1, kind = "chosen" } of places) {
      const { top, left } = corner(layout, map);
      const outline = document.createElement("span");
      outline.className = `live-mark live-${kind}`;
      Object.assign(outline.style, {
        top: percent(top + row, canvas.height),
        left: percent(left + column, canvas.width),
        height: percent(height, canvas.height),
        width: percent(width, canvas.width),
      });
      canvas.after(outline);
    }
  }

  // Let the reader choose a number of a canvas: by pointing at it, with the arrow keys, and with Page Up and Page Down from map to map.
  //   layout: as for paint(), or the canvas itself if it holds a single map
  //   chosen() → the cell that is chosen now, {map, row, column}
  //   choose(cell) is called with another one
  function choosable(canvas, layout, chosen, choose) {
    canvas.addEventListener("click", (event) => {
      const { height, width, count = 1, columns = 1, gap = 0 } = layout;
      const frame = canvas.getBoundingClientRect();
      const x = Math.floor(((event.clientX - frame.left) * canvas.width) / frame.width);
      const y = Math.floor(((event.clientY - frame.top) * canvas.height) / frame.height);
      const map = Math.floor(y / (height + gap)) * columns + Math.floor(x / (width + gap));
      const cell = { map, row: y % (height + gap), column: x % (width + gap) };
      if (map < count && cell.row < height && cell.column < width) choose(cell);
    });
    canvas.addEventListener("keydown", (event) => {
      const { height, width, count = 1 } = layout;
      const { map, row, column } = chosen();
      const moves = {
        ArrowLeft: { map, row, column: column - 1 },
        ArrowRight: { map, row, column: column + 1 },
        ArrowUp: { map, row: row - 1, column },
        ArrowDown: { map, row: row + 1, column },
        PageUp: { map: map - 1, row, column },
        PageDown: { map: map + 1, row, column },
      };
      const cell = moves[event.key];
      if (!cell || event.ctrlKey || event.altKey || event.metaKey) return;
      event.preventDefault(); // the page would scroll
      const inside = (number, size) => number >= 0 && number < size;
      if (inside(cell.map, count) && inside(cell.row, height) && inside(cell.column, width)) choose(cell);
    });
  }

  // Where a map begins.
  function corner({ height, width, columns = 1, gap = 0 }, map) {
    return { top: Math.floor(map / columns) * (height + gap), left: (map % columns) * (width + gap) };
  }

  Object.assign(layerByLayer, { paint, mark, choosable, onNewColours });
}
