// The data of the live pages: scripts that are loaded once they are needed, since a page that was opened from a disk may not fetch files.
"use strict";
globalThis.layerByLayer ??= {};
{
  const folder = new URL("../live/data/", document.currentScript.src);
  const loading = {};

  // Load live/data/<name>.js, once. It sets layerByLayer.<name>, which is what is promised.
  function load(name) {
    loading[name] ??= new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = new URL(`${name}.js`, folder);
      script.onload = () => resolve(layerByLayer[name]);
      script.onerror = () => reject(new Error(`This page could not load its data, live/data/${name}.js. Open it again.`));
      document.head.append(script);
    });
    return loading[name];
  }

  // A base64 text → the bytes that it stands for, Uint8Array.
  function bytes(base64) {
    const text = atob(base64);
    const result = new Uint8Array(text.length);
    for (let i = 0; i < text.length; i++) result[i] = text.charCodeAt(i);
    return result;
  }

  // Gzipped bytes → a promise of what was packed, ArrayBuffer.
  function unpacked(packed) {
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Response(stream).arrayBuffer();
  }

  // The digits of live/data/digits.js, each a drawing: {pixels, width, height, index, label, hard}.
  async function digits() {
    const examples = await load("digits");
    return examples.map(({ pixels, ...facts }) => ({ pixels: bytes(pixels), width: 28, height: 28, ...facts }));
  }

  Object.assign(layerByLayer, { load, bytes, unpacked, loadDigits: digits });
}
