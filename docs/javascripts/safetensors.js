// Reads the file in which a trained network travels: autograder/network_file.py describes it, and lesson 10 writes it.
"use strict";
globalThis.layerByLayer ??= {};
{
  const FORMAT = "layer-by-layer 1";
  const LARGEST_FILE = 2_000_000; // bytes
  const TENSORS = {
    conv_kernel: { shape: [3, 3, 1, 28], dtype: "F32" },
    conv_bias: { shape: [28], dtype: "F32" },
    dense_kernel: { shape: [4732, 128], dtype: "I8" },
    dense_scales: { shape: [128], dtype: "F32" },
    dense_bias: { shape: [128], dtype: "F32" },
    output_kernel: { shape: [128, 10], dtype: "F32" },
    output_bias: { shape: [10], dtype: "F32" },
  };
  const BYTES = { BOOL: 1, I8: 1, U8: 1, I16: 2, U16: 2, F16: 2, BF16: 2, I32: 4, U32: 4, F32: 4, I64: 8, U64: 8, F64: 8 };
  const size = (shape) => shape.reduce((a, b) => a * b, 1);

  // The network in a file's bytes, as forward() takes it; name is the file's, for messages.
  // Throws an Error whose message is a sentence to the person who chose the file.
  function networkFrom(buffer, name) {
    const another = `${name} is not a network of this course`;
    if (buffer.byteLength > LARGEST_FILE) throw new Error(`${another}: it is larger than any such file.`);
    const { metadata, entries, data } = opened(buffer, name);
    if (metadata.format !== FORMAT) throw new Error(`${another}: its format is “${metadata.format ?? "unknown"}”, not “${FORMAT}”.`);
    if (!["raw", "scaled"].includes(metadata.pixels)) {
      throw new Error(`${another}: it does not say whether the network was fed “raw” or “scaled” pixels.`);
    }
    const description = (tensors) => JSON.stringify(Object.keys(TENSORS).map((key) => [tensors[key]?.shape, tensors[key]?.dtype]));
    if (Object.keys(entries).length !== Object.keys(TENSORS).length || description(entries) !== description(TENSORS)) {
      throw new Error(`${another}: its arrays have other names, shapes or types.`);
    }
    const network = { pixels: metadata.pixels };
    for (const [
      key,
      {
        dtype,
        data_offsets: [from, to],
      },
    ] of Object.entries(entries)) {
      const content = data.slice(from, to); // a copy, since a Float32Array must begin at a multiple of four bytes
      network[key] = dtype === "I8" ? new Int8Array(content) : new Float32Array(content);
      if (dtype === "F32" && !network[key].every(Number.isFinite)) {
        throw new Error(`${name} holds weights that are nan or infinite. Train the network again, then export it.`);
      }
    }
    network.dense_kernel = rescaled(network.dense_kernel, network.dense_scales);
    return network;
  }

  // A safetensors file: 8 bytes with the length of the header, the header in JSON, then all arrays, one directly after the other.
  function opened(buffer, name) {
    try {
      const length = Number(new DataView(buffer).getBigUint64(0, true));
      const text = new TextDecoder("utf-8", { fatal: true }).decode(new Uint8Array(buffer, 8, length));
      const { __metadata__: metadata, ...entries } = JSON.parse(text);
      const data = buffer.slice(8 + length);
      let end = 0;
      for (const {
        shape,
        dtype,
        data_offsets: [from, to],
      } of inOrder(entries)) {
        if (from !== end || to - from !== size(shape) * (BYTES[dtype] ?? NaN)) throw new Error("the arrays do not lie as the header says");
        end = to;
      }
      if (end !== data.byteLength) throw new Error("the file ends too early or too late");
      return { metadata: metadata ?? {}, entries, data };
    } catch {
      throw new Error(`${name} is damaged, or not a safetensors file. Export the network again.`);
    }
  }

  function inOrder(entries) {
    return Object.values(entries).sort((one, other) => one.data_offsets[0] - other.data_offsets[0]);
  }

  // Weights were stored as whole numbers from −127 to 127, with one scale for each unit.
  function rescaled(kernel, scales) {
    const weights = new Float32Array(kernel.length);
    for (let place = 0; place < kernel.length; place++) weights[place] = kernel[place] * scales[place % scales.length];
    return weights;
  }

  Object.assign(layerByLayer, { networkFrom });
}
