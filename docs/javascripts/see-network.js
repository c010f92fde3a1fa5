// The page "See the network": what is drawn goes through the network, and every layer is shown.
"use strict";
{
  const { whole, word, cell, strokes, paint, mark, choosable, written, percent, element } = layerByLayer;
  const part = (id) => document.getElementById(id);

  const IMAGE = { height: 28, width: 28 };
  const MAP = { height: 26, width: 26 };
  const POOLED = { height: 13, width: 13 };
  const CONV = { ...MAP, count: 28, columns: 7, gap: 1 };
  const POOL = { ...POOLED, count: 28, columns: 7, gap: 1 };
  const UNITS = { height: 8, width: 16 };
  const STRONGEST = 8; // inputs that are shown of a sum

  const FIELDS = {
    strokes,
    test: whole(0, 9999), // a digit of the test set, by its index
    prepare: word("on", "off"),
    conv: cell({ map: 27, row: 25, column: 25 }),
    pool: cell({ map: 27, row: 12, column: 12 }),
    unit: whole(0, 127),
    digit: whole(0, 9),
  };
  const USUAL = {
    strokes: null,
    test: 0,
    prepare: "on",
    conv: { map: 14, row: 6, column: 10 },
    pool: { map: 14, row: 3, column: 5 },
    unit: null,
    digit: null,
  };

  let state = { ...USUAL };
  let network = null;
  let digits = [];
  let drawing = null; // {pixels, width, height}
  let result = null; // what forward() returned for it
  let soon; // the request for the next update
  let rest; // the timer that waits for the pen to rest

  // --- what is computed ---

  function drawingOf({ strokes: lines, test }) {
    return digits.find(({ index }) => index === test) ?? layerByLayer.drawn(lines ?? []);
  }

  // The picture that the network gets, and the steps that led to it.
  function prepared() {
    if (state.prepare === "off") return { steps: null, image: layerByLayer.shrunk(drawing) };
    const steps = layerByLayer.normalised(drawing);
    return { steps, image: steps?.image ?? new Uint8Array(784) };
  }

  function answerOf({ probabilities }) {
    return probabilities.indexOf(Math.max(...probabilities));
  }

  const isBlank = () => !drawing.pixels.some((grey) => grey > 0);

  // --- what is shown at once, with every movement of the pen ---

  function update() {
    performance.mark("update");
    const { steps, image } = prepared();
    paint(part("pad"), drawing.pixels, drawing, 255);
    paint(part("image"), image, IMAGE, 255);
    showSteps(steps);
    if (!network) return; // it is still being loaded, but one can draw already
    result = layerByLayer.forward(network, image);
    showLayers(image);
    showAnswers();
    performance.measure("update", "update");
    clearTimeout(rest);
    rest = setTimeout(settle, 150);
  }

  // At most once for each picture on the screen.
  function updateSoon() {
    soon ??= requestAnimationFrame(() => {
      soon = undefined;
      update();
    });
  }

  function showSteps(steps) {
    part("steps").hidden = state.prepare === "off";
    part("unprepared").hidden = state.prepare === "on";
    if (state.prepare === "off") return;
    paint(part("step-box"), drawing.pixels, drawing, 255);
    const { box, fitted, centre, place, image } = steps ?? { image: new Uint8Array(784) };
    const corner = 4; // of the 20 × 20 box in the middle of 28 × 28
    const small = new Float32Array(784);
    if (fitted) {
      fitted.pixels.forEach((grey, i) => {
        small[(corner + Math.floor(i / fitted.width)) * 28 + corner + (i % fitted.width)] = grey;
      });
    }
    paint(part("step-fitted"), small, IMAGE, 255);
    paint(part("step-placed"), image, IMAGE, 255);
    const twenty = { row: corner, column: corner, height: 20, width: 20, kind: "frame" };
    const cross = (row, column) => ({ row, column, kind: "cross" });
    mark(part("step-box"), drawing, box ? [{ row: box.top, column: box.left, height: box.height, width: box.width, kind: "frame" }] : []);
    mark(part("step-fitted"), IMAGE, fitted ? [twenty, cross(corner + centre.row, corner + centre.column)] : [twenty]);
    mark(part("step-placed"), IMAGE, fitted ? [cross(place.top + centre.row, place.left + centre.column)] : []);
  }

  function showLayers(image) {
    const strongest = Math.max(...result.conv);
    const mapOf = (values, size, map) => values.subarray(map * size * size, (map + 1) * size * size);
    paint(part("conv"), result.conv, CONV, strongest);
    paint(part("conv-image"), image, IMAGE, 255);
    paint(part("conv-map"), mapOf(result.conv, 26, state.conv.map), MAP, strongest);
    paint(part("pool"), result.pool, POOL, strongest);
    paint(part("pool-window"), mapOf(result.conv, 26, state.pool.map), MAP, strongest);
    paint(part("pool-map"), mapOf(result.pool, 13, state.pool.map), POOLED, strongest);
    paint(part("hidden"), result.hidden, UNITS, Math.max(...result.hidden));
  }

  const bars = Array.from({ length: 10 }, (_, digit) => {
    const bar = element("span", { className: "live-bar" });
    const share = element("span", { className: "live-share" });
    const button = element("button", { type: "button", onclick: () => choose({ digit }) }, element("b", {}, `${digit}`), bar, share);
    part("answers").append(element("li", {}, button));
    return { button, bar, share };
  });

  function showAnswers() {
    const blank = isBlank();
    const answer = answerOf(result);
    bars.forEach(({ button, bar, share }, digit) => {
      const probability = blank ? 0 : result.probabilities[digit];
      bar.style.setProperty("--share", probability);
      share.textContent = percent(probability);
      button.classList.toggle("live-answer", !blank && digit === answer);
    });
  }

  // --- what is shown when the pen rests: words, sums, and the address ---

  function settle() {
    const answer = answerOf(result);
    const owner = network.name ? "Your network" : "The network";
    const { label, index } = drawing;
    const said = `${owner} says ${answer}, ${percent(result.probabilities[answer])} sure.`;
    const truth = label === undefined ? "" : ` It is test digit ${index}, a ${label}${label === answer ? "" : ": a mistake"}.`;
    setText("said", isBlank() ? "The paper is bare. Draw a digit." : said + truth);
    explain();
    layerByLayer.keepInAddress(state, FIELDS, USUAL);
  }

  function explain() {
    showSizes();
    showConvolution();
    showPooling();
    showUnit(state.unit ?? result.hidden.indexOf(Math.max(...result.hidden)));
    showSoftmax(state.digit ?? answerOf(result));
  }

  // A status is read aloud when its text changes, so an unchanged one is left alone.
  function setText(id, text) {
    if (part(id).textContent !== text) part(id).textContent = text;
  }

  function showSizes() {
    const { steps } = prepared();
    setText("step-box-text", steps ? `Its box is ${steps.box.width}\u00a0×\u00a0${steps.box.height} pixels.` : "");
    setText(
      "step-fitted-text",
      steps ? `It becomes ${steps.fitted.width}\u00a0×\u00a0${steps.fitted.height}, with greys at the edges.` : "",
    );
    setText(
      "step-placed-text",
      steps ? `It was in row ${written(steps.centre.row)}, column ${written(steps.centre.column)} of the small picture.` : "",
    );
  }

  function showConvolution() {
    const { map, row, column } = state.conv;
    const sum = layerByLayer.convolutionAt(network, result, state.conv);
    mark(part("conv"), CONV, [{ map, row: 0, column: 0, ...MAP }, state.conv]);
    mark(part("conv-image"), IMAGE, [{ row, column, height: 3, width: 3 }]);
    mark(part("conv-map"), MAP, [{ row, column }]);
    setInputs("conv", state.conv);
    part("conv-sum").replaceChildren(...layerByLayer.convolutionSum(sum, map));
  }

  function showPooling() {
    const { map, row, column } = state.pool;
    mark(part("pool-window"), MAP, [{ row: 2 * row, column: 2 * column, height: 2, width: 2 }]);
    mark(part("pool-map"), POOLED, [{ row, column }]);
    setInputs("pool", state.pool);
    part("pool-sum").replaceChildren(...layerByLayer.poolingSum(layerByLayer.poolingAt(result, state.pool), map));
  }

  // The unit's strongest inputs are outlined among the pooled maps.
  function showUnit(unit) {
    const sum = layerByLayer.unitAt(network, result, unit, STRONGEST);
    const inputs = sum.terms.map(({ map, row, column }) => ({ map, row, column, kind: "input" }));
    mark(part("pool"), POOL, [{ map: state.pool.map, row: 0, column: 0, ...POOLED }, ...inputs, state.pool]);
    mark(part("hidden"), UNITS, [{ row: Math.floor(unit / 16), column: unit % 16 }]);
    part("unit").value = unit;
    part("unit-sum").replaceChildren(...layerByLayer.unitSum(sum, unit));
  }

  function showSoftmax(digit) {
    const sum = layerByLayer.probabilityAt(network, result, digit, STRONGEST);
    part("digit").value = digit;
    bars.forEach(({ button }, each) => button.setAttribute("aria-pressed", String(each === digit)));
    part("softmax").replaceChildren(...layerByLayer.softmaxSum(sum, result.scores, digit));
    part("score-sum").replaceChildren(...layerByLayer.scoreSum(sum, digit));
  }

  function setInputs(layer, { map, row, column }) {
    part(`${layer}-map-number`).value = map;
    part(`${layer}-row`).value = row;
    part(`${layer}-column`).value = column;
  }

  // --- what the reader does ---

  // Choose numbers to take apart: some of {conv, pool, unit, digit}.
  function choose(changes) {
    Object.assign(state, changes);
    update();
    if (!network) return;
    explain();
    if (changes.conv) hear(`Map ${state.conv.map}, row ${state.conv.row}, column ${state.conv.column}`, result.conv[place(state.conv, 26)]);
    if (changes.pool)
      hear(`Pooled map ${state.pool.map}, row ${state.pool.row}, column ${state.pool.column}`, result.pool[place(state.pool, 13)]);
    if ("unit" in changes) hear(`Unit ${state.unit}`, result.hidden[state.unit]);
    if ("digit" in changes) setText("chosen", `Digit ${state.digit}: ${percent(result.probabilities[state.digit])}`);
  }

  function hear(name, value) {
    setText("chosen", `${name}: ${written(value)}`);
  }

  function place({ map, row, column }, size) {
    return (map * size + row) * size + column;
  }

  function show(changes) {
    Object.assign(state, changes);
    drawing = drawingOf(state);
    part("prepare").checked = state.prepare === "on";
    update();
  }

  function begin(point) {
    if (state.test !== null) clear();
    state.strokes = [...(state.strokes ?? []), []];
    extend(point);
  }

  function extend(point) {
    if (!state.strokes?.length) return begin(point);
    const stroke = state.strokes.at(-1);
    layerByLayer.ink(drawing, stroke.at(-1) ?? point, point);
    stroke.push(point);
    updateSoon();
  }

  function clear() {
    show({ strokes: [], test: null });
  }

  const pen = layerByLayer.pad(part("pad"), { begin, extend, clear, say: (text) => setText("chosen", text) });
  part("clear").addEventListener("click", () => {
    pen.lift();
    clear();
  });
  part("undo").addEventListener("click", () => {
    pen.lift();
    show({ strokes: state.strokes?.slice(0, -1) ?? [], test: null });
  });
  part("prepare").addEventListener("change", ({ target }) => show({ prepare: target.checked ? "on" : "off" }));

  const chosenUnit = () => ({ map: 0, row: Math.floor(part("unit").value / 16), column: part("unit").value % 16 });
  choosable(
    part("conv"),
    CONV,
    () => state.conv,
    (conv) => choose({ conv }),
  );
  choosable(
    part("conv-map"),
    MAP,
    () => ({ ...state.conv, map: 0 }),
    ({ row, column }) => choose({ conv: { ...state.conv, row, column } }),
  );
  choosable(
    part("pool"),
    POOL,
    () => state.pool,
    (pool) => choose({ pool }),
  );
  choosable(
    part("pool-map"),
    POOLED,
    () => ({ ...state.pool, map: 0 }),
    ({ row, column }) => choose({ pool: { ...state.pool, row, column } }),
  );
  choosable(part("hidden"), UNITS, chosenUnit, ({ row, column }) => choose({ unit: 16 * row + column }));
  for (const layer of ["conv", "pool"]) {
    for (const [name, id] of [
      ["map", "map-number"],
      ["row", "row"],
      ["column", "column"],
    ]) {
      onNumber(part(`${layer}-${id}`), (number) => choose({ [layer]: { ...state[layer], [name]: number } }));
    }
  }
  onNumber(part("unit"), (unit) => choose({ unit }));
  onNumber(part("digit"), (digit) => choose({ digit }));

  // Call back with each whole number that the reader types and that the field allows.
  function onNumber(input, callback) {
    input.addEventListener("input", () => {
      const number = whole(Number(input.min), Number(input.max)).read(input.value);
      if (number !== undefined) callback(number);
    });
  }

  // --- whose network ---

  part("own-file").addEventListener("change", async ({ target }) => {
    const [file] = target.files;
    if (!file) return;
    try {
      use({ ...layerByLayer.networkFrom(await file.arrayBuffer(), file.name), name: file.name });
      const reads = `It reads ${score(false)} of the ten plain test digits above, and ${score(true)} of the ten hard ones.`;
      setText("own-said", `This is your network now, ${file.name}, for ${network.pixels} pixels. ${reads}`);
    } catch (error) {
      setText("own-said", error.message);
    }
  });
  part("course-network").addEventListener("click", async () => {
    use(await courseNetwork());
    part("own-file").value = "";
    setText("own-said", "This is the course's network again.");
  });

  function use(another) {
    network = another;
    part("course-network").disabled = !network.name;
    update();
  }

  // How many of the plain or the hard digits the network gets right.
  function score(hard) {
    const right = (digit) => answerOf(layerByLayer.forward(network, digit.pixels)) === digit.label;
    return digits.filter((digit) => digit.hard === hard && right(digit)).length;
  }

  async function courseNetwork() {
    const packed = layerByLayer.bytes(await layerByLayer.load("weights"));
    return layerByLayer.networkFrom(await layerByLayer.unpacked(packed), "The course's file");
  }

  // --- the beginning ---

  function showDigits() {
    for (const digit of digits) {
      const picture = element("canvas");
      paint(picture, digit.pixels, IMAGE, 255);
      const button = element("button", { type: "button", onclick: () => show({ test: digit.index, strokes: null }) }, picture);
      button.setAttribute("aria-label", `Test digit ${digit.index}, a ${digit.label}`);
      part(digit.hard ? "hard-digits" : "plain-digits").append(button);
    }
  }

  function fromAddress() {
    const found = layerByLayer.fromFragment(location.hash, FIELDS);
    if (found.strokes) found.test = null;
    return { ...USUAL, ...found };
  }

  async function start() {
    show(fromAddress());
    try {
      [digits, network] = await Promise.all([layerByLayer.loadDigits(), courseNetwork()]);
    } catch (error) {
      return setText("said", error.message);
    }
    showDigits();
    show({});
    settle();
    performance.mark("first answer");
    addEventListener("hashchange", () => location.hash.includes("=") && show(fromAddress()));
    layerByLayer.onNewColours(() => {
      part("plain-digits").replaceChildren();
      part("hard-digits").replaceChildren();
      showDigits();
      update();
    });
  }
  start();
}
