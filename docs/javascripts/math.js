// Formulas: loads KaTeX, which this site carries with it, and sets those of the page. Only pages that have some load this.
(() => {
  const SLICE = 10; // milliseconds
  const folder = new URL("../vendor/katex/", document.currentScript.src);

  const add = (kind, attributes) =>
    new Promise((resolve, reject) => {
      const element = Object.assign(document.createElement(kind), attributes, { onload: resolve, onerror: reject });
      document.head.append(element);
    });

  // Python-Markdown leaves \( … \) where a formula stands in a line, and \[ … \] where it stands alone.
  const set = (element) => {
    const text = element.textContent.trim();
    katex.render(text.slice(2, -2), element, { displayMode: text.startsWith("\\["), throwOnError: false });
  };

  // A lesson has many, and a slow phone is not to stand still meanwhile: after some milliseconds, whatever else waits has its turn.
  const setAll = async () => {
    let since = performance.now();
    for (const element of document.querySelectorAll(".arithmatex")) {
      set(element);
      if (performance.now() - since > SLICE) {
        await new Promise((resolve) => setTimeout(resolve));
        since = performance.now();
      }
    }
  };

  // A formula that is wider than the page can be scrolled, with the keyboard as well. How wide it is, its fonts decide.
  const makeReachable = async () => {
    await document.fonts.ready;
    const wide = [...document.querySelectorAll("div.arithmatex")].filter((element) => element.scrollWidth > element.clientWidth);
    for (const element of wide) element.tabIndex = 0;
  };

  Promise.all([
    add("link", { rel: "stylesheet", href: new URL("katex.min.css", folder).href }),
    add("script", { src: new URL("katex.min.js", folder).href }),
  ])
    .then(setAll)
    .then(makeReachable);
})();
