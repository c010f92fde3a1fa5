// The sums behind single numbers of the network: what was multiplied, what was added, what came out.
"use strict";
globalThis.layerByLayer ??= {};
{
  // A number of a feature map: the patch of the image, the filter's weights, their products, and the sum with the bias.
  function convolutionAt(network, { input }, { map, row, column }) {
    const patch = [0, 1, 2].flatMap((a) => [0, 1, 2].map((b) => input[(row + a) * 28 + column + b]));
    const kernel = layerByLayer.kernelOf(network.conv_kernel, map);
    const products = patch.map((pixel, place) => pixel * kernel[place]);
    const bias = network.conv_bias[map];
    const sum = products.reduce((a, b) => a + b) + bias;
    return { patch, kernel, products, bias, sum, answer: Math.max(sum, 0) };
  }

  // A pooled number: its 2 × 2 window, and which of the four is the largest.
  function poolingAt({ conv }, { map, row, column }) {
    const corner = (map * 26 + 2 * row) * 26 + 2 * column;
    const patch = [corner, corner + 1, corner + 26, corner + 27].map((place) => conv[place]);
    const answer = Math.max(...patch);
    return { patch, largest: patch.indexOf(answer), answer };
  }

  // A unit of the hidden layer: the inputs that move its sum most, what all others add, and the bias.
  function unitAt(network, { pool }, unit, count) {
    const inputs = Array.from(pool, (_, place) => pool[layerByLayer.unflattened(place)]);
    const { terms, ...sums } = weighted(inputs, network.dense_kernel, network.dense_bias, unit, count);
    const placed = terms.map(({ input, ...term }) => {
      const place = layerByLayer.unflattened(term.place);
      return { ...term, input, map: Math.floor(place / 169), row: Math.floor((place % 169) / 13), column: place % 13 };
    });
    return { terms: placed, ...sums, answer: Math.max(sums.sum, 0) };
  }

  // The probability of a digit: its score, as a sum over the hidden units, and its share of all exponentials.
  function probabilityAt(network, { hidden, scores }, digit, count) {
    const score = weighted(hidden, network.output_kernel, network.output_bias, digit, count);
    const largest = Math.max(...scores);
    const powers = Array.from(scores, (each) => Math.exp(each - largest));
    const all = powers.reduce((a, b) => a + b);
    return { ...score, largest, powers, all, probability: powers[digit] / all };
  }

  // One column of inputs @ weights + bias, taken apart: the `count` largest products, and the sum of the rest.
  function weighted(inputs, weights, biases, unit, count) {
    const terms = Array.from(inputs, (input, place) => {
      const weight = weights[place * biases.length + unit];
      return { place, input, weight, product: input * weight };
    });
    terms.sort((one, other) => Math.abs(other.product) - Math.abs(one.product));
    const strongest = terms.slice(0, count).filter(({ product }) => product !== 0);
    const rest = total(terms.slice(strongest.length));
    const bias = biases[unit];
    return { terms: strongest, others: inputs.length - strongest.length, rest, bias, sum: total(strongest) + rest + bias };
  }

  function total(terms) {
    return terms.reduce((sum, { product }) => sum + product, 0);
  }

  Object.assign(layerByLayer, { convolutionAt, poolingAt, unitAt, probabilityAt });
}
