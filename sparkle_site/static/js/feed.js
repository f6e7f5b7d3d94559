// Feeds: more posts where one is, and word of new ones while somebody looks.

const minute = 60_000;

async function readOn(link) {
  const response = await fetch(link.href);
  if (!response.ok) throw new TypeError(response.statusText);
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const list = document.querySelector("[data-feed]");
  const added = [...(page.querySelector("[data-feed]")?.children ?? [])].map((item) => document.adoptNode(item));
  list.append(...added);
  const next = page.querySelector("[data-more]");
  if (next) link.href = next.href;
  else link.closest("p").remove();
  added[0]?.querySelector("h2 a")?.focus({ preventScroll: true });
}

document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-more]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  if (link.ariaBusy === "true") return;
  link.ariaBusy = "true";
  try {
    await readOn(link);
  } catch {
    location.assign(link.href);
  } finally {
    link.ariaBusy = null;
  }
});

for (const news of document.querySelectorAll("[data-news]")) {
  let asked = Date.now();
  const ask = async () => {
    if (document.visibilityState !== "visible" || Date.now() - asked < minute - 1000) return;
    asked = Date.now();
    const response = await fetch(news.dataset.news).catch(() => null);
    const words = response?.ok && !response.redirected ? (await response.text()).trim() : "";
    if (!words || news.textContent === words) return;
    const link = document.createElement("a");
    link.className = "button button--small";
    link.href = news.dataset.top;
    link.textContent = words;
    news.replaceChildren(link);
  };
  setInterval(ask, minute);
  document.addEventListener("visibilitychange", ask);
}
