// A pad to draw on: with mouse, pen or finger, or with the keyboard.
"use strict";
globalThis.layerByLayer ??= {};
{
  const STEP = 10; // pixels that an arrow key moves the pen
  const NEAR = 3; // pixels: a pen that moved less has not moved

  // Make a canvas a pad. It calls
  //   begin(point): the pen touches the paper; a point is [x, y] in whole pixels
  //   extend(point): the pen has been moved on the paper
  //   clear(): the reader wants bare paper
  //   say(text): something that one who does not see the pad should hear
  // The canvas lies in an element of its own, in which the keyboard's pen is shown.
  function pad(canvas, { begin, extend, clear, say }) {
    const edge = layerByLayer.SIDE - 1;
    const inside = (coordinate) => Math.min(Math.max(Math.round(coordinate), 0), edge);
    let pointer = null; // the one mouse, pen or finger that draws
    let last = null;

    function at(event) {
      const frame = canvas.getBoundingClientRect();
      return [
        inside(((event.clientX - frame.left) * layerByLayer.SIDE) / frame.width),
        inside(((event.clientY - frame.top) * layerByLayer.SIDE) / frame.height),
      ];
    }

    function moveTo(point) {
      if (Math.hypot(point[0] - last[0], point[1] - last[1]) < NEAR) return;
      last = point;
      extend(point);
    }

    canvas.addEventListener("pointerdown", (event) => {
      if (pointer !== null || event.button !== 0) return;
      canvas.setPointerCapture(event.pointerId);
      pointer = event.pointerId;
      last = at(event);
      lift();
      begin(last);
    });
    canvas.addEventListener("pointermove", (event) => {
      if (event.pointerId !== pointer) return;
      const passed = event.getCoalescedEvents?.() ?? [];
      for (const each of passed.length ? passed : [event]) moveTo(at(each));
    });
    for (const end of ["pointerup", "pointercancel"]) {
      canvas.addEventListener(end, (event) => {
        if (event.pointerId === pointer) pointer = null;
      });
    }

    // The keyboard's pen. It is shown while the pad has the focus.
    const pen = { x: edge >> 1, y: 40, down: false };
    const shown = layerByLayer.element("span", { className: "live-pen" });
    canvas.after(shown);
    function show() {
      shown.style.left = `${(100 * pen.x) / layerByLayer.SIDE}%`;
      shown.style.top = `${(100 * pen.y) / layerByLayer.SIDE}%`;
      shown.classList.toggle("live-down", pen.down);
    }

    function lift() {
      pen.down = false;
      show();
    }

    const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    canvas.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.altKey || event.metaKey) return;
      const way = ways[event.key];
      if (way) {
        [pen.x, pen.y] = [inside(pen.x + STEP * way[0]), inside(pen.y + STEP * way[1])];
        if (pen.down) extend([pen.x, pen.y]);
      } else if (event.key === " ") {
        pen.down = !pen.down;
        if (pen.down) begin([pen.x, pen.y]);
        say(pen.down ? "The pen is down." : "The pen is up.");
      } else if (event.key === "Delete" || event.key === "Backspace") {
        pen.down = false;
        clear();
      } else {
        return;
      }
      show();
      event.preventDefault(); // the page would scroll
      event.stopPropagation();
    });
    canvas.addEventListener("blur", lift);
    show();
    return { lift };
  }

  Object.assign(layerByLayer, { pad });
}
