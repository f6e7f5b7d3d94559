// Small comforts on every page. Nothing here is needed to read, find or send anything.

const root = document.documentElement;
const year = 60 * 60 * 24 * 365;

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

document.addEventListener("click", (event) => {
  const choice = event.target.closest("[data-set-theme]");
  if (choice) setTheme(choice.dataset.setTheme);
  if (event.target.closest("[data-toggle-theme]")) setTheme(isLight() ? "dark" : "light");
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// Pages are cached for everybody, so "3 h ago" can only be said here, in the reader's own time.
function sayHowLongAgo() {
  const format = new Intl.RelativeTimeFormat(root.lang, { numeric: "auto", style: "narrow" });
  const steps = [["day", 86400], ["hour", 3600], ["minute", 60]];
  for (const time of document.querySelectorAll("time[data-relative]")) {
    const seconds = (Date.parse(time.dateTime) - Date.now()) / 1000;
    if (seconds > 0 || seconds < -7 * 86400) continue;
    const [unit, length] = steps.find(([, length]) => -seconds >= length) ?? ["second", 60];
    time.title = time.textContent.trim();
    time.textContent = format.format(Math.ceil(seconds / length), unit);
  }
}

// A region that scrolls sideways must be reachable with the keyboard.
function reachWideThings() {
  for (const thing of document.querySelectorAll(".prose table, .prose pre, .scroller")) {
    if (thing.scrollWidth > thing.clientWidth) thing.tabIndex = 0;
  }
}

showChoice();
sayHowLongAgo();
reachWideThings();
