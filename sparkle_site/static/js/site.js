// Small comforts on every page. Nothing here is needed to read, find or send anything.

const root = document.documentElement;
const year = 60 * 60 * 24 * 365;
const toastTime = 6000;
const closedKept = 20;

function isLight() {
  const theme = root.dataset.theme;
  return theme === "light" || (theme === "system" && matchMedia("(prefers-color-scheme: light)").matches);
}

function showChoice() {
  for (const button of document.querySelectorAll("[data-set-theme]")) {
    button.setAttribute("aria-pressed", String(button.dataset.setTheme === root.dataset.theme));
  }
}

function setTheme(theme) {
  root.dataset.theme = theme;
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `theme=${theme}; path=/; max-age=${year}; samesite=lax${secure}`;
  for (const meta of document.querySelectorAll("meta[name=theme-color]")) {
    meta.content = isLight() ? "#fbfafd" : "#0f0c16";
  }
  showChoice();
}

// theme.js hides what is remembered here before the next page is painted.
function closeBanner(banner) {
  try {
    const closed = (localStorage.closed ?? "").split(",").filter(Boolean);
    localStorage.closed = [...closed, `#${banner.id}`].slice(-closedKept).join();
  } catch {
    // A browser that keeps nothing shows the banner again on the next page.
  }
  const all = banner.parentElement;
  banner.remove();
  if (!all.children.length) all.remove();
  document.querySelector("main")?.focus({ preventScroll: true });
}

function openMenus() {
  return document.querySelectorAll("details[data-menu][open]");
}

document.addEventListener("click", (event) => {
  const choice = event.target.closest("[data-set-theme]");
  if (choice) setTheme(choice.dataset.setTheme);
  if (event.target.closest("[data-toggle-theme]")) setTheme(isLight() ? "dark" : "light");
  if (event.target.closest(".announcement .close-button")) closeBanner(event.target.closest(".announcement"));
  for (const menu of openMenus()) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("focusout", (event) => {
  const menu = event.target.closest("details[data-menu]");
  if (menu && event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false;
});

function moveInMenu(menu, key) {
  menu.open = true;
  const items = [...menu.querySelectorAll(".menu__item")];
  const at = items.indexOf(document.activeElement);
  const places = { ArrowDown: at + 1, ArrowUp: at < 0 ? -1 : at - 1, Home: 0, End: -1 };
  items.at(places[key] % items.length)?.focus();
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    for (const rail of document.querySelectorAll("[data-hush]")) import(rail.dataset.hush).then(({ hush }) => hush(rail));
    for (const menu of openMenus()) {
      const left = menu.contains(document.activeElement);
      menu.open = false;
      if (left) menu.querySelector("summary").focus();
    }
  }
  const menu = event.target.closest?.("details[data-menu]");
  if (menu && ["ArrowDown", "ArrowUp", "Home", "End"].includes(event.key)) {
    event.preventDefault();
    moveInMenu(menu, event.key);
  }
});

// Notices come one at a time and stay while somebody points at them or is in them. Other scripts show one with
// document.dispatchEvent(new CustomEvent("toast", { detail: { text, level } })), level as in Django's messages.
function showToasts(region) {
  const waiting = [...region.children];
  let timer;
  const hold = () => clearTimeout(timer);
  const run = () => {
    hold();
    if (region.firstChild) timer = setTimeout(next, toastTime);
  };
  function next() {
    const held = region.contains(document.activeElement);
    const notice = waiting.shift();
    if (notice) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "close-button";
      button.textContent = "×";
      button.setAttribute("aria-label", region.dataset.close);
      button.addEventListener("click", next);
      notice.append(button);
    }
    region.replaceChildren(...(notice ? [notice] : []));
    if (held) (region.querySelector("button") ?? document.querySelector("main")).focus({ preventScroll: true });
    else run();
  }
  for (const type of ["pointerenter", "focusin"]) region.addEventListener(type, hold);
  for (const type of ["pointerleave", "focusout"]) region.addEventListener(type, run);
  document.addEventListener("toast", ({ detail }) => {
    const notice = document.createElement("p");
    notice.className = `notice notice--${detail.level ?? "info"}`;
    notice.textContent = detail.text;
    waiting.push(notice);
    if (!region.firstChild) next();
  });
  if (waiting.length) next();
}

// Pages are cached for everybody, so times can only be said here as the reader's own clock and calendar have them:
// "3 h ago" for what is recent, the exact time as a title. A date is written anew only where it is another day.
function tellTimes() {
  const locale = navigator.languages.find((language) => language.startsWith(root.lang)) ?? root.lang;
  const exact = new Intl.DateTimeFormat(locale, { dateStyle: "full", timeStyle: "short" });
  const day = new Intl.DateTimeFormat("sv", { dateStyle: "short" });
  const ago = new Intl.RelativeTimeFormat(root.lang, { numeric: "auto", style: "narrow" });
  const steps = [["day", 86400], ["hour", 3600], ["minute", 60]];
  for (const time of document.querySelectorAll("time[datetime*=T]")) {
    const at = new Date(time.dateTime);
    if (Number.isNaN(at.getTime())) continue;
    time.title = exact.format(at);
    const seconds = (at - Date.now()) / 1000;
    if ("relative" in time.dataset && seconds <= 0 && seconds >= -7 * 86400) {
      const [unit, length] = steps.find(([, length]) => -seconds >= length) ?? ["second", 60];
      time.textContent = ago.format(Math.ceil(seconds / length), unit);
    } else if (day.format(at) !== time.dateTime.slice(0, 10)) {
      const withYear = /\d{4}/.test(time.textContent) ? "numeric" : undefined;
      time.textContent = at.toLocaleDateString(locale, { day: "numeric", month: "long", year: withYear });
    }
  }
}

// Suggestions are fetched with the first letters somebody is about to type, not with every page.
document.addEventListener("focusin", async ({ target }) => {
  if (target.dataset.suggest) (await import(target.dataset.suggest)).suggest(target);
});

// The card of a person is fetched for who stays on a name.
const personPath = /^((?:\/[a-z]{2})?)\/(?:creators\/|@)(\w+)\/$/;

async function meet({ target, pointerType }) {
  const link = target.closest?.("main a[href]");
  const [, language, name] = link?.origin === location.origin ? personPath.exec(link.pathname) ?? [] : [];
  if (!name || link.pathname === location.pathname || pointerType === "touch" || link.closest(".hover-card")) return;
  const cards = await import(link.closest("main").dataset.cards);
  cards.offer(link, name, `${language}/people/${name}/card/`);
}

document.addEventListener("pointerover", meet);
document.addEventListener("focusin", meet);

// A region that scrolls sideways must be reachable with the keyboard.
function reachWideThings() {
  for (const thing of document.querySelectorAll(".prose table, .prose pre, .scroller")) {
    if (thing.scrollWidth > thing.clientWidth) thing.tabIndex = 0;
  }
}

// The offline page is fetched when nobody waits for anything.
const keep = () => navigator.serviceWorker?.register("/service-worker.js");
addEventListener("load", () => (self.requestIdleCallback ?? setTimeout)(keep));

showChoice();
for (const region of document.querySelectorAll(".messages")) showToasts(region);
tellTimes();
reachWideThings();

// What lies far below the first screen gets its script when somebody comes near.
const near = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (!isIntersecting) continue;
    near.unobserve(target);
    import(target.dataset.near);
  }
}, { rootMargin: "400px" });
for (const part of document.querySelectorAll("[data-near]")) near.observe(part);
