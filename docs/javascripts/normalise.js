// Prepares a drawing as MNIST's digits were. Lesson 10 does the same in Python, with autograder/drawing.py, and a test compares the two.
"use strict";
globalThis.layerByLayer ??= {};
{
  const SIDE = 28;
  const BOX = 20;

  // A drawing {pixels, width, height} → what became of it, step by step, or null for bare paper:
  //   box: where its ink is, {top, left, height, width}
  //   fitted: that box in 20 × 20 pixels, its proportions kept, {pixels, width, height}
  //   centre: the fitted ink's centre of mass, {row, column}
  //   place: where the fitted box goes, {top, left}, so that the centre is in row 14, column 14, as far as all ink stays in the picture
  //   image: the result, 28 × 28 grey values from 0 to 255
  function normalised(drawing) {
    const box = inkOf(drawing);
    if (box === null) return null;
    const scale = BOX / Math.max(box.height, box.width);
    const height = Math.max(1, rounded(box.height * scale));
    const width = Math.max(1, rounded(box.width * scale));
    const fitted = { pixels: resized(drawing, box, height, width), width, height };
    const centre = centreOf(fitted);
    const place = {
      top: Math.min(Math.max(rounded(SIDE / 2 - centre.row), 0), SIDE - height),
      left: Math.min(Math.max(rounded(SIDE / 2 - centre.column), 0), SIDE - width),
    };
    const image = new Uint8Array(SIDE * SIDE);
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        image[(place.top + row) * SIDE + place.left + column] = rounded(fitted.pixels[row * width + column]);
      }
    }
    return { box, fitted, centre, place, image };
  }

  // What one does who does not know how MNIST was made: all of the paper, shrunk to 28 × 28. The drawing is a square.
  function shrunk(drawing) {
    const all = { top: 0, left: 0, height: drawing.height, width: drawing.width };
    return Uint8Array.from(resized(drawing, all, SIDE, SIDE), rounded);
  }

  // The smallest box that holds all ink, or null where there is none.
  function inkOf({ pixels, width, height }) {
    let [top, bottom, left, right] = [height, -1, width, -1];
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        if (pixels[row * width + column] === 0) continue;
        if (row < top) top = row;
        if (row > bottom) bottom = row;
        if (column < left) left = column;
        if (column > right) right = column;
      }
    }
    return bottom < 0 ? null : { top, left, height: bottom - top + 1, width: right - left + 1 };
  }

  // A box of a drawing in another size: each new pixel is the mean of the pixels that it covers.
  function resized({ pixels, width: step }, box, height, width) {
    const [rows, columns] = [parts(box.height, height), parts(box.width, width)];
    const result = new Float32Array(height * width);
    rows.forEach((ys, row) => {
      columns.forEach((xs, column) => {
        let sum = 0;
        for (const y of ys) {
          for (const x of xs) sum += pixels[(box.top + y) * step + box.left + x];
        }
        result[row * width + column] = sum / (ys.length * xs.length);
      });
    });
    return result;
  }

  // A length divided into equal parts: for each, the pixels whose middle lies in it. Computed as Pillow does it, rounding included.
  // A part that is too short for that gets the pixel that it lies in.
  function parts(length, number) {
    const size = length / number;
    return Array.from({ length: number }, (_, part) => {
      const middle = (part + 0.5) * size;
      const pixels = [];
      const end = Math.min(Math.floor(middle + 0.5 * size + 0.5), length);
      for (let pixel = Math.floor(middle - 0.5 * size + 0.5); pixel < end; pixel++) {
        const away = (pixel - middle + 0.5) * (1 / size);
        if (away > -0.5 && away <= 0.5) pixels.push(pixel);
      }
      return pixels.length > 0 ? pixels : [Math.floor(middle)];
    });
  }

  // The mean place of the ink, each pixel counting by its darkness.
  function centreOf({ pixels, width }) {
    let [mass, row, column] = [0, 0, 0];
    pixels.forEach((grey, place) => {
      mass += grey;
      row += grey * Math.floor(place / width);
      column += grey * (place % width);
    });
    return { row: row / mass, column: column / mass };
  }

  // The nearest whole number, and the even one of two that are equally near: so do Python and NumPy.
  function rounded(x) {
    const below = Math.floor(x);
    if (x - below === 0.5) return below % 2 === 0 ? below : below + 1;
    return Math.round(x);
  }

  Object.assign(layerByLayer, { normalised, shrunk });
}
