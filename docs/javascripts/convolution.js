// A window that slides over an image, as in lesson 2, with any stride and padding.
"use strict";
globalThis.layerByLayer ??= {};
{
  // How many places a window finds along one axis.
  function outputSize(size, kernel, stride, padding) {
    return Math.floor((size + 2 * padding - kernel) / stride) + 1;
  }

  // An image {values, size}, a square, with zeros around it.
  function padded({ values, size }, padding) {
    const larger = size + 2 * padding;
    const result = new Float32Array(larger * larger);
    for (let row = 0; row < size; row++) {
      result.set(values.slice(row * size, (row + 1) * size), (row + padding) * larger + padding);
    }
    return { values: result, size: larger };
  }

  // The numbers below the window when its top left corner is at (row, column), row by row.
  function patchAt({ values, size }, window, row, column) {
    const rows = Array.from({ length: window }, (_, a) => (row + a) * size + column);
    return rows.flatMap((start) => Array.from(values.slice(start, start + window)));
  }

  // Both squares, {values, size}: the kernel is laid on every place of the image, without turning it; the products are added up.
  function correlated(image, kernel, stride) {
    const size = outputSize(image.size, kernel.size, stride, 0);
    const values = new Float32Array(size * size);
    for (let place = 0; place < values.length; place++) {
      const patch = patchAt(image, kernel.size, stride * Math.floor(place / size), stride * (place % size));
      values[place] = patch.reduce((sum, pixel, i) => sum + pixel * kernel.values[i], 0);
    }
    return { values, size };
  }

  // A kernel with another size: the middle is kept, and what is new is 0.
  function resizedKernel({ values, size }, other) {
    const shift = Math.trunc((size - other) / 2);
    const result = Array.from({ length: other * other }, (_, place) => {
      const [row, column] = [Math.floor(place / other) + shift, (place % other) + shift];
      const inside = row >= 0 && row < size && column >= 0 && column < size;
      return inside ? values[row * size + column] : 0;
    });
    return { values: result, size: other };
  }

  Object.assign(layerByLayer, { outputSize, padded, patchAt, correlated, resizedKernel });
}
