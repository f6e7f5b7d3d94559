// Blocking on purpose: a chosen theme must be known before the first paint, also on pages from a cache.
(function (root, t) {
  root.dataset.js = "";
  t = /(?:^|; )theme=(dark|light|system)/.exec(document.cookie);
  if (!(t = t && t[1])) return;
  root.dataset.theme = t;
  document.querySelectorAll("[name=theme-color]").forEach(function (m) {
    m.content = (t == "system" ? /light/.test(m.media) : t == "light") ? "#fbfafd" : "#0f0c16";
  });
})(document.documentElement);
