// The page "Convolution by hand": a kernel of the reader's, a window that they move, and the sum at every place.
"use strict";
{
  const { whole, numbers, paint, mark, choosable, written, term, element, grid, outputSize } = layerByLayer;
  const part = (id) => document.getElementById(id);

  const SIZE = 28;
  const LARGEST_KERNEL = 5;
  const PRESETS = [
    ["more ink below than above?", [-1, -1, -1, 0, 0, 0, 1, 1, 1]],
    ["more ink right than left?", [-1, 0, 1, -1, 0, 1, -1, 0, 1]],
    ["more ink here than in the surroundings?", [-1, -1, -1, -1, 8, -1, -1, -1, -1]],
    ["how much ink on average?", Array(9).fill(0.1111)],
    ["what is in the middle?", [0, 0, 0, 0, 1, 0, 0, 0, 0]],
  ];
  const FIELDS = {
    test: whole(0, 9999),
    kernel: numbers,
    stride: whole(1, 4),
    padding: whole(0, 4),
    place: whole(0, 9999), // of the window: places are counted row by row
  };
  const USUAL = { test: 0, kernel: PRESETS[0][1], stride: 1, padding: 0, place: 6 * 26 + 12 };

  let state = { ...USUAL };
  let digits = [];
  let presets = PRESETS;
  let rest; // the timer that waits for the reader to pause
  let playing; // the timer that moves the window

  const kernel = () => ({ values: state.kernel, size: Math.sqrt(state.kernel.length) });

  // Everything that follows from the state.
  function computed() {
    const digit = digits.find(({ index }) => index === state.test) ?? digits[0];
    const image = layerByLayer.padded({ values: Float32Array.from(digit.pixels, (grey) => grey / 255), size: SIZE }, state.padding);
    const map = layerByLayer.correlated(image, kernel(), state.stride);
    const place = Math.min(state.place, map.values.length - 1);
    return { digit, image, map, place, row: Math.floor(place / map.size), column: place % map.size };
  }

  // Other settings for the same part of the digit: the window's corner stays at its pixel, as far as there is a place there.
  function elsewhere(changes) {
    const { row, column } = computed();
    const next = { ...state, ...changes };
    const size = outputSize(SIZE, Math.sqrt(next.kernel.length), next.stride, next.padding);
    const along = (place) => {
      const pixel = place * state.stride - state.padding;
      return Math.min(Math.max(Math.round((pixel + next.padding) / next.stride), 0), size - 1);
    };
    return { ...changes, place: along(row) * size + along(column) };
  }

  function show(changes = {}) {
    Object.assign(state, changes);
    const { digit, image, map, place, row, column } = computed();
    state.place = place;
    showImage(image, row, column);
    showMap(map, place, row, column);
    showSum(image, map, row, column);
    showSize(map.size);
    showControls(digit, map.values.length);
    clearTimeout(rest);
    rest = setTimeout(() => layerByLayer.keepInAddress(state, FIELDS, USUAL), 300);
  }

  function showImage(image, row, column) {
    const { size } = kernel();
    const layout = { height: image.size, width: image.size };
    paint(part("hand-image"), image.values, layout, 1);
    mark(part("hand-image"), layout, [
      { row: state.padding, column: state.padding, height: SIZE, width: SIZE, kind: "frame" },
      { row: row * state.stride, column: column * state.stride, height: size, width: size },
    ]);
  }

  // The map as far as the window has come. All of it is scaled alike, so that no number changes its colour on the way.
  function showMap(map, place, row, column) {
    const layout = { height: map.size, width: map.size };
    const soFar = map.values.map((value, i) => (i <= place ? value : 0));
    paint(part("hand-map"), soFar, layout, Math.max(...map.values.map(Math.abs)), true);
    mark(part("hand-map"), layout, [{ row, column }]);
  }

  function showSum(image, map, row, column) {
    const { values, size } = kernel();
    const patch = layerByLayer.patchAt(image, size, row * state.stride, column * state.stride);
    const products = patch.map((pixel, i) => pixel * values[i]);
    part("hand-patch").replaceChildren(grid({ caption: "pixels", values: patch, columns: size }));
    part("hand-products").replaceChildren(grid({ caption: "products", values: products, columns: size }));
    const terms = products.filter((product) => product !== 0).map(term);
    const answer = written(map.values[row * map.size + column]);
    part("hand-sum").replaceChildren(
      `Row ${row}, column ${column} of the map: `,
      terms.length ? `${terms.join(" + ")} = ` : "all products are 0, and so is their sum: ",
      element("strong", {}, answer),
    );
  }

  function showSize(size) {
    const { size: window } = kernel();
    const { stride, padding } = state;
    part("hand-size").textContent =
      `⌊(${SIZE} + 2 · ${padding} − ${window}) / ${stride}⌋ + 1 = ⌊${SIZE + 2 * padding - window} / ${stride}⌋ + 1 = ${size}`;
    part("hand-count").textContent = `The map is ${size} × ${size}: the window finds ${size * size} places.`;
  }

  // Fields show the state, but the one that is being typed into is left to the reader.
  function showControls(digit, places) {
    const fields = { "hand-stride": state.stride, "hand-padding": state.padding, "hand-window": kernel().size, "hand-place": state.place };
    part("hand-place").max = places - 1;
    for (const [id, value] of Object.entries(fields)) {
      if (part(id) !== document.activeElement || id === "hand-place") part(id).value = value;
    }
    part("hand-place").setAttribute("aria-valuetext", `place ${state.place + 1} of ${places}`);
    part("hand-back").disabled = state.place === 0;
    part("hand-step").disabled = part("hand-play").disabled = state.place === places - 1;
    if (state.place === places - 1) stop();
    const preset = presets.findIndex(([, values]) => String(values) === String(state.kernel));
    part("hand-preset").value = preset;
    for (const button of part("hand-digits").children)
      button.setAttribute("aria-pressed", String(Number(button.dataset.index) === digit.index));
    showKernel();
  }

  // The kernel's fields are made anew only when their number changes, so that one can type in them.
  function showKernel() {
    const { values, size } = kernel();
    const table = part("hand-kernel");
    if (table.querySelectorAll("input").length !== values.length) {
      const inputs = values.map((_, i) => {
        const label = `weight in row ${Math.floor(i / size)}, column ${i % size}`;
        const input = element("input", { type: "number", step: "any", ariaLabel: label, oninput: () => onWeight(i, input) });
        return element("td", {}, input);
      });
      const rows = Array.from({ length: size }, (_, row) => element("tr", {}, ...inputs.slice(row * size, (row + 1) * size)));
      table.replaceChildren(element("table", { className: "live-grid" }, element("caption", {}, "kernel"), element("tbody", {}, ...rows)));
    }
    table.querySelectorAll("input").forEach((input, i) => {
      if (input !== document.activeElement) input.value = Number(values[i].toFixed(4));
    });
  }

  // --- what the reader does ---

  function onWeight(i, input) {
    const [value] = numbers.read(input.value) ?? [];
    if (value !== undefined) show({ kernel: state.kernel.map((weight, place) => (place === i ? value : weight)) });
  }

  // What to show after each number that the reader types and that makes sense; one that makes none goes when the field is left.
  function onNumber(id, kind, changes) {
    part(id).addEventListener("input", ({ target }) => {
      const number = kind.read(target.value);
      if (number !== undefined) show(changes(number));
    });
    part(id).addEventListener("blur", () => show());
  }

  function stop() {
    clearInterval(playing);
    playing = undefined;
    part("hand-play").textContent = "Play";
    part("hand-sum").setAttribute("aria-live", "polite");
  }

  function play() {
    playing = setInterval(() => show({ place: state.place + 1 }), 60);
    part("hand-play").textContent = "Pause";
    part("hand-sum").setAttribute("aria-live", "off"); // nobody can listen that fast
  }

  function listen() {
    onNumber("hand-stride", FIELDS.stride, (stride) => elsewhere({ stride }));
    onNumber("hand-padding", FIELDS.padding, (padding) => elsewhere({ padding }));
    onNumber("hand-window", whole(1, LARGEST_KERNEL), (size) => elsewhere({ kernel: layerByLayer.resizedKernel(kernel(), size).values }));
    onNumber("hand-place", FIELDS.place, (place) => ({ place }));
    part("hand-preset").addEventListener("change", ({ target }) => {
      show(elsewhere({ kernel: presets[target.value][1] }));
    });
    part("hand-step").addEventListener("click", () => show({ place: state.place + 1 }));
    part("hand-back").addEventListener("click", () => show({ place: state.place - 1 }));
    part("hand-play").addEventListener("click", () => (playing ? stop() : play()));
    const map = part("hand-map");
    const here = () => ({ map: 0, row: computed().row, column: computed().column });
    choosable(map, map, here, ({ row, column }) => show({ place: row * map.width + column }));
    addEventListener("hashchange", () => location.hash.includes("=") && show(fromAddress()));
    layerByLayer.onNewColours(() => {
      showDigits();
      show();
    });
  }

  // --- the beginning ---

  function showDigits() {
    const buttons = digits.map((digit) => {
      const picture = element("canvas");
      paint(picture, digit.pixels, { height: SIZE, width: SIZE }, 255);
      const button = element("button", { type: "button", onclick: () => show({ test: digit.index }) }, picture);
      button.dataset.index = digit.index;
      button.setAttribute("aria-label", `Test digit ${digit.index}, a ${digit.label}`);
      return button;
    });
    part("hand-digits").replaceChildren(...buttons);
  }

  function showPresets() {
    const option = ([name], i) => element("option", { value: i }, name);
    const [people, network] = [presets.slice(0, PRESETS.length), presets.slice(PRESETS.length)];
    part("hand-preset").replaceChildren(
      element("option", { value: -1, disabled: true }, "your own"),
      element("optgroup", { label: "made by people" }, ...people.map(option)),
      element("optgroup", { label: "learnt by the network" }, ...network.map(([name], i) => option([name], PRESETS.length + i))),
    );
  }

  // Which kernels have a size of their own: 1, 4, 9, 16 or 25 weights.
  function fromAddress() {
    const found = layerByLayer.fromFragment(location.hash, FIELDS);
    const size = Math.sqrt(found.kernel?.length ?? 9);
    if (!Number.isInteger(size) || size > LARGEST_KERNEL) delete found.kernel;
    return { ...USUAL, ...found };
  }

  async function start() {
    let filters;
    try {
      [digits, filters] = await Promise.all([layerByLayer.loadDigits(), layerByLayer.load("filters")]);
    } catch (error) {
      part("hand-sum").textContent = error.message;
      return;
    }
    presets = [...PRESETS, ...filters.map((weights, i) => [`filter ${i}`, weights])];
    showDigits();
    showPresets();
    show(fromAddress());
    listen();
  }
  start();
}
