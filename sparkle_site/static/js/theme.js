// Blocking on purpose: a chosen theme, and which banners were closed, must be known before the first paint, also on
// pages from a cache.
(function (root, t) {
  root.dataset.js = "";
  try {
    if ((t = localStorage.closed)) {
      document.adoptedStyleSheets = [new CSSStyleSheet()];
      document.adoptedStyleSheets[0].insertRule(t + "{display:none}");
    }
  } catch (e) {}
  t = /(?:^|; )theme=(dark|light|system)/.exec(document.cookie);
  if (!(t = t && t[1])) return;
  root.dataset.theme = t;
  document.querySelectorAll("[name=theme-color]").forEach(function (m) {
    m.content = (t == "system" ? /light/.test(m.media) : t == "light") ? "#fbfafd" : "#0f0c16";
  });
})(document.documentElement);
