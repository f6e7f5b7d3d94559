// What stands behind the name of a person, shown beside it to whoever points at it or comes to it with the keyboard.

const wait = 350;
const stay = 250;
const known = new Map();
let shown = null;
let timer;

function fetchCard(name, address) {
  if (!known.has(name)) {
    const asked = fetch(address, { headers: { "X-Requested-With": "fetch" } }).then((answer) => (answer.ok ? answer.text() : ""));
    known.set(name, asked.catch(() => ""));
  }
  return known.get(name);
}

function hide() {
  clearTimeout(timer);
  shown?.box.remove();
  shown?.link.removeAttribute("aria-describedby");
  shown = null;
}

function later(work, after) {
  clearTimeout(timer);
  timer = setTimeout(work, after);
}

async function show(link, name, address) {
  const html = await fetchCard(name, address);
  if (!html || !link.isConnected || !(link.matches(":hover") || link === document.activeElement)) return;
  hide();
  const box = document.createElement("div");
  box.className = "hover-card";
  box.id = "hover-card";
  box.append(...new DOMParser().parseFromString(html, "text/html").body.childNodes);
  const script = box.querySelector("script");
  if (script) import(script.src);
  document.querySelector("main").append(box);
  const at = link.getBoundingClientRect();
  const room = document.documentElement.clientWidth - box.offsetWidth - 8;
  const below = at.bottom + box.offsetHeight + 8 < innerHeight;
  box.style.setProperty("inset-inline-start", "auto");
  box.style.setProperty("left", `${Math.max(8, Math.min(at.left, room)) + scrollX}px`);
  box.style.setProperty("top", `${(below ? at.bottom + 6 : at.top - box.offsetHeight - 6) + scrollY}px`);
  link.setAttribute("aria-describedby", box.id);
  box.addEventListener("pointerenter", () => clearTimeout(timer));
  box.addEventListener("pointerleave", () => later(hide, stay));
  shown = { box, link };
}

export function offer(link, name, address) {
  if (shown?.link === link) return clearTimeout(timer);
  const leave = () => later(hide, stay);
  link.addEventListener("pointerleave", leave, { once: true });
  link.addEventListener("blur", leave, { once: true });
  later(() => show(link, name, address), wait);
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") hide();
});
