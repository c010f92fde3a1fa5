// Every training run as a line, and the published table over them, in the element of a page that has data-live="table".
"use strict";
{
  const { COLUMNS, whole, word, element, list, spread } = layerByLayer;
  const box = document.querySelector('[data-live="table"]');

  const EPOCHS = 10;
  const MARGIN = { left: 64, right: 12, top: 14, bottom: 46 }; // of the chart, in pixels, for the words beside it
  const NONE = "none"; // no seed is followed
  const FIELDS = {
    column: word(...Object.keys(COLUMNS)),
    from: whole(1, EPOCHS - 1), // the first epoch that is drawn
    epoch: whole(1, EPOCHS),
    show: word("both", "raw", "scaled"),
    seed: { read: (text) => (/^(raw|scaled)-\d{1,2}$/.test(text) ? text : undefined), write: String },
  };
  const USUAL = { column: "val_accuracy", from: 1, epoch: EPOCHS, show: "both", seed: NONE };

  let state = { ...USUAL };
  let runs = null; // {published, raw, scaled}

  // The runs that are drawn: [{name, pixels, run}], the published one last, so that it lies on top.
  function drawnRuns() {
    const pixels = ["raw", "scaled"].filter((each) => ["both", each].includes(state.show));
    const measured = pixels.flatMap((each) => runs[each].map((run, seed) => ({ name: `${each}-${seed}`, pixels: each, run })));
    return [...measured, { name: "published", pixels: "published", run: runs.published }];
  }

  // --- the chart ---

  // As wide as there is room for, so that its letters are as large as those of the page.
  function size() {
    const width = Math.min(picture.clientWidth, 760);
    return { width, height: 140 + 0.35 * width };
  }

  // From epochs and values to places in the chart, and the ticks of its vertical axis.
  function scales() {
    const values = drawnRuns().flatMap(({ run }) => run[state.column].slice(state.from - 1));
    const [low, high] = [Math.min(...values), Math.max(...values)];
    const margin = 0.04 * (high - low);
    const { width, height } = size();
    const { left, right, top, bottom } = MARGIN;
    return {
      x: (epoch) => left + ((epoch - state.from) * (width - left - right)) / (EPOCHS - state.from),
      y: (value) => height - bottom - ((value - low + margin) * (height - top - bottom)) / (high - low + 2 * margin),
      ticks: layerByLayer.ticks(low - margin, high + margin),
    };
  }

  function svg(tag, attributes, ...content) {
    const result = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes)) result.setAttribute(name, value);
    result.append(...content);
    return result;
  }

  function chart() {
    const { x, y, ticks } = scales();
    const { width, height } = size();
    const { left, right, top, bottom } = MARGIN;
    const epochs = Array.from({ length: EPOCHS - state.from + 1 }, (_, i) => state.from + i);
    const rows = ticks.flatMap((value) => [
      svg("line", { x1: left, x2: width - right, y1: y(value), y2: y(value) }),
      svg("text", { x: left - 8, y: y(value) + 4, "text-anchor": "end" }, `${value}`),
    ]);
    const columns = epochs.map((epoch) => svg("text", { x: x(epoch), y: height - bottom + 20, "text-anchor": "middle" }, `${epoch}`));
    const now =
      state.epoch < state.from
        ? []
        : [svg("line", { class: "live-now", x1: x(state.epoch), x2: x(state.epoch), y1: top, y2: height - bottom })];
    const lines = drawnRuns().map(({ name, pixels, run }) => {
      const points = epochs.map((epoch) => `${x(epoch).toFixed(1)},${y(run[state.column][epoch - 1]).toFixed(1)}`).join(" ");
      return svg("polyline", { points, class: `live-${pixels}${name === state.seed ? " live-seed" : ""}` });
    });
    const words = svg("text", { x: (left + width - right) / 2, y: height - 6, "text-anchor": "middle" }, "epoch");
    const label = `${COLUMNS[state.column]} in each epoch: ${lines.length - 1} measured runs, and the published table`;
    const drawing = svg("svg", { width, height, class: "live-chart", role: "img", "aria-label": label });
    drawing.append(...rows, ...columns, ...now, ...lines, words);
    drawing.addEventListener("click", (event) => choose(nearest(drawing, event, { x, y, epochs })));
    return drawing;
  }

  // The epoch and the run that lie nearest to where the reader has pointed.
  function nearest(drawing, event, { x, y, epochs }) {
    const frame = drawing.getBoundingClientRect();
    const [across, down] = [event.clientX - frame.left, event.clientY - frame.top];
    const least = (items, distance) => items.reduce((best, item) => (distance(item) < distance(best) ? item : best));
    const epoch = least(epochs, (each) => Math.abs(x(each) - across));
    const run = least(drawnRuns(), (each) => Math.abs(y(each.run[state.column][epoch - 1]) - down));
    return { epoch, seed: run.name === "published" ? NONE : run.name };
  }

  // --- the table ---

  function table() {
    const four = (value) => value.toFixed(4);
    const range = ({ lowest, highest }) => `${four(lowest)} to ${four(highest)}`;
    const [pixels, seed] = state.seed.split("-");
    const followed = runs[pixels]?.[seed];
    const rows = Array.from({ length: EPOCHS }, (_, i) => {
      const row = [
        `${i + 1}`,
        four(runs.published[state.column][i]),
        ...["raw", "scaled"].map((each) => range(spread(runs[each], state.column, i + 1))),
      ];
      return followed ? [...row, four(followed[state.column][i])] : row;
    });
    const headings = ["epoch", "published", `${runs.raw.length} raw runs`, `${runs.scaled.length} scaled runs`];
    return list({
      caption: `${COLUMNS[state.column]}, epoch by epoch`,
      headings: followed ? [...headings, `${pixels}, seed ${seed}`] : headings,
      rows,
      marked: state.epoch - 1,
    });
  }

  // --- the controls ---

  function select(label, options, name) {
    const field = element("select", {}, ...options.map(([value, text]) => element("option", { value }, text)));
    field.value = state[name];
    field.addEventListener("change", () => choose({ [name]: FIELDS[name].read(field.value) ?? NONE }));
    fields[name] = field;
    return element("label", {}, `${label} `, field);
  }

  function number(label, name, [least, most]) {
    const field = element("input", { type: "number", min: least, max: most });
    field.addEventListener("input", () => {
      const value = FIELDS[name].read(field.value);
      if (value !== undefined) choose({ [name]: value });
    });
    fields[name] = field;
    return element("label", {}, `${label} `, field);
  }

  const fields = {};
  const picture = element("div");
  const said = element("p", { role: "status" });
  const details = element("div", { className: "live-wide", tabIndex: 0, role: "region", ariaLabel: "The values, epoch by epoch" });

  function build() {
    const seeds = ["raw", "scaled"].flatMap((pixels) => runs[pixels].map((_, seed) => [`${pixels}-${seed}`, `${pixels}, seed ${seed}`]));
    const key = [
      ["raw", "raw pixels, 0 to 255"],
      ["scaled", "scaled pixels, 0 to 1"],
      ["published", "published"],
    ];
    box.replaceChildren(
      element(
        "div",
        { className: "live-controls" },
        select("Show", Object.entries(COLUMNS), "column"),
        select(
          "of",
          [
            ["both", "all runs"],
            ["raw", "raw runs"],
            ["scaled", "scaled runs"],
          ],
          "show",
        ),
        select("and follow", [[NONE, "no seed"], ...seeds], "seed"),
        number("from epoch", "from", [1, EPOCHS - 1]),
        number("look at epoch", "epoch", [1, EPOCHS]),
      ),
      picture,
      element(
        "p",
        { className: "live-controls" },
        ...key.map(([name, text]) => element("span", { className: `live-key live-${name}` }, text)),
      ),
      said,
      details,
    );
  }

  function choose(changes) {
    Object.assign(state, changes);
    for (const [name, field] of Object.entries(fields)) {
      if (field !== document.activeElement || field.value !== "") field.value = state[name];
    }
    picture.replaceChildren(chart());
    said.textContent = layerByLayer.verdict(runs, state.column, state.epoch);
    details.replaceChildren(table());
    layerByLayer.keepInAddress(state, FIELDS, USUAL);
  }

  function fromAddress() {
    return { ...USUAL, ...layerByLayer.fromFragment(location.hash, FIELDS) };
  }

  async function start() {
    try {
      runs = await layerByLayer.load("runs");
    } catch (error) {
      box.textContent = error.message;
      return;
    }
    build();
    choose(fromAddress());
    new ResizeObserver(() => picture.replaceChildren(chart())).observe(picture);
    addEventListener("hashchange", () => location.hash.includes("=") && choose(fromAddress()));
  }
  start();
}
