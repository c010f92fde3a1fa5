// From the strokes of a pen to a drawing. The same strokes give the same drawing in every browser, so that they can travel in an address.
"use strict";
globalThis.layerByLayer ??= {};
{
  const SIDE = 280; // of the paper, in pixels
  const PEN = 22; // width of a stroke, as on the pad of lesson 10

  // Bare paper. A drawing is {pixels, width, height}: 0 is paper and 255 full ink, row by row.
  function paper() {
    return { pixels: new Uint8ClampedArray(SIDE * SIDE), width: SIDE, height: SIDE };
  }

  // strokes, each a list of points [x, y] in whole pixels → the drawing
  function drawn(strokes) {
    const drawing = paper();
    for (const points of strokes) {
      points.forEach((point, i) => ink(drawing, points[Math.max(i - 1, 0)], point));
    }
    return drawing;
  }

  // Move the pen from one point to another: every pixel becomes as dark as the pen covers it, so the edge of a stroke is grey.
  function ink({ pixels }, [x0, y0], [x1, y1]) {
    const radius = PEN / 2;
    const [left, right] = within(Math.min(x0, x1) - radius, Math.max(x0, x1) + radius);
    const [top, bottom] = within(Math.min(y0, y1) - radius, Math.max(y0, y1) + radius);
    const length = (x1 - x0) ** 2 + (y1 - y0) ** 2;
    for (let y = top; y <= bottom; y++) {
      for (let x = left; x <= right; x++) {
        // How far along the way the pen is nearest to this pixel: 0 at the start, 1 at the end.
        const along = length === 0 ? 0 : Math.min(Math.max(((x - x0) * (x1 - x0) + (y - y0) * (y1 - y0)) / length, 0), 1);
        const distance = Math.hypot(x - x0 - along * (x1 - x0), y - y0 - along * (y1 - y0));
        const darkness = 255 * (radius + 0.5 - distance);
        if (darkness > pixels[y * SIDE + x]) pixels[y * SIDE + x] = darkness;
      }
    }
  }

  function within(from, to) {
    return [Math.max(Math.floor(from), 0), Math.min(Math.ceil(to), SIDE - 1)];
  }

  Object.assign(layerByLayer, { SIDE, paper, drawn, ink });
}
