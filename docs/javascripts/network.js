// The forward pass: what lessons 2 to 6 build in NumPy, layer by layer, keeping what every layer answers.
"use strict";
globalThis.layerByLayer ??= {};
{
  const IMAGE = 28; // pixels to a side
  const FILTERS = 28;
  const MAP = 26; // 28 − 3 + 1
  const POOLED = 13;

  // One image through all layers.
  //   network: what networkFrom() of safetensors.js returns: the arrays of the file, in Keras' order, and its pixels, "raw" or "scaled"
  //   image: 784 grey values from 0 to 255, row by row
  //   returns the answer of every layer. Maps lie one after the other, each row by row: conv (28 × 26 × 26), pool (28 × 13 × 13);
  //   then hidden (128), scores (10) and probabilities (10)
  function forward(network, image) {
    const input = Float32Array.from(image, (grey) => (network.pixels === "raw" ? grey : grey / 255));
    const conv = relu(convolve(input, network.conv_kernel, network.conv_bias));
    const pool = maxPool(conv);
    const hidden = relu(dense(flatten(pool), network.dense_kernel, network.dense_bias));
    const scores = dense(hidden, network.output_kernel, network.output_bias);
    return { input, conv, pool, hidden, scores, probabilities: softmax(scores) };
  }

  // Each filter's 3 × 3 weights lie on every patch of the image: multiply, add up, add the bias.
  function convolve(image, kernel, bias) {
    const maps = new Float32Array(FILTERS * MAP * MAP);
    for (let filter = 0, place = 0; filter < FILTERS; filter++) {
      const weights = kernelOf(kernel, filter);
      for (let row = 0; row < MAP; row++) {
        for (let column = 0; column < MAP; column++, place++) {
          let sum = bias[filter];
          for (let a = 0; a < 3; a++) {
            for (let b = 0; b < 3; b++) sum += image[(row + a) * IMAGE + column + b] * weights[3 * a + b];
          }
          maps[place] = sum;
        }
      }
    }
    return maps;
  }

  // The nine weights of one filter. Keras keeps the kernels as (row, column, channel, filter), so they lie 28 apart.
  function kernelOf(kernel, filter) {
    return Array.from({ length: 9 }, (_, place) => kernel[place * FILTERS + filter]);
  }

  // The largest of every 2 × 2 window.
  function maxPool(maps) {
    const pooled = new Float32Array(FILTERS * POOLED * POOLED);
    for (let map = 0, place = 0; map < FILTERS; map++) {
      for (let row = 0; row < POOLED; row++) {
        for (let column = 0; column < POOLED; column++, place++) {
          const corner = (map * MAP + 2 * row) * MAP + 2 * column;
          pooled[place] = Math.max(maps[corner], maps[corner + 1], maps[corner + MAP], maps[corner + MAP + 1]);
        }
      }
    }
    return pooled;
  }

  // All maps in one row of 4,732 numbers, in Keras' order: row, column, map.
  function flatten(maps) {
    const flat = new Float32Array(maps.length);
    for (let place = 0; place < flat.length; place++) flat[place] = maps[unflattened(place)];
    return flat;
  }

  // Where the number at a place of the flattened row lies among the pooled maps.
  function unflattened(place) {
    return (place % FILTERS) * POOLED * POOLED + Math.floor(place / FILTERS);
  }

  // inputs @ weights + bias. An input of 0 adds nothing to any unit and is passed over: after relu, that is most of them.
  function dense(inputs, weights, bias) {
    const units = bias.length;
    const sums = Float64Array.from(bias);
    for (let i = 0; i < inputs.length; i++) {
      const input = inputs[i];
      if (input === 0) continue;
      for (let unit = 0; unit < units; unit++) sums[unit] += input * weights[i * units + unit];
    }
    return Float32Array.from(sums);
  }

  function relu(numbers) {
    return numbers.map((x) => Math.max(x, 0));
  }

  // Scores → probabilities. The largest score is subtracted first, or the exponentials of a network on raw pixels would overflow.
  function softmax(scores) {
    const largest = Math.max(...scores);
    const powers = Array.from(scores, (score) => Math.exp(score - largest));
    const sum = powers.reduce((a, b) => a + b);
    return Float32Array.from(powers, (power) => power / sum);
  }

  Object.assign(layerByLayer, { forward, kernelOf, unflattened });
}
