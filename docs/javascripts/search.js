// The search's index is large, and most readers of a page do not search: it is fetched for those who do.
(() => {
  const parameters = new URLSearchParams(location.search);
  const wanted = new Promise((resolve) => {
    if (parameters.has("q") || parameters.has("h")) resolve(); // a search that was linked to, or words to be highlighted
    addEventListener("focusin", (event) => event.target.closest(".md-search") && resolve());
  });

  const { open, send } = XMLHttpRequest.prototype;
  const waiting = new WeakSet();
  XMLHttpRequest.prototype.open = function (method, url, ...rest) {
    if (String(url).endsWith("/search/search_index.json")) waiting.add(this);
    open.call(this, method, url, ...rest);
  };
  XMLHttpRequest.prototype.send = function (body) {
    if (waiting.has(this)) wanted.then(() => send.call(this, body));
    else send.call(this, body);
  };
})();
