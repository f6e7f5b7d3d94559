// Reacting and keeping without a new page. Where a script fails, the forms go their own way.

const short = new Intl.NumberFormat(document.documentElement.lang, { notation: "compact", maximumFractionDigits: 1 });

function tell(text, level = "error") {
  document.dispatchEvent(new CustomEvent("toast", { detail: { text, level } }));
}

async function send(method, address, body) {
  const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
  const headers = { "X-CSRFToken": token, "Accept-Language": document.documentElement.lang };
  if (body) headers["Content-Type"] = "application/json";
  const response = await fetch(address, { method, headers, body: body && JSON.stringify(body), keepalive: true });
  const answer = response.status === 204 ? {} : await response.json().catch(() => ({}));
  if (!response.ok) throw answer.error ? new Error(answer.error) : new TypeError("no answer of the API");
  return answer.data;
}

function showReactions(bar, { reactions, own }) {
  for (const button of bar.querySelectorAll("button[value]")) {
    const mine = own.includes(button.value);
    const many = reactions[button.value] ?? 0;
    button.name = mine ? "remove" : "add";
    button.setAttribute("aria-pressed", String(mine));
    button.querySelector("[data-count]").textContent = many ? short.format(many) : "";
  }
}

async function react(bar, button) {
  const method = button.name === "remove" ? "DELETE" : "PUT";
  showReactions(bar, await send(method, `${bar.dataset.reactions}/${button.value}`));
}

// The words of a button on a card are its hidden name; a set of such buttons shares one form.
async function keep(button) {
  const { bookmark, save, saved } = { ...button.form.dataset, ...button.dataset };
  const kept = button.getAttribute("aria-pressed") === "true";
  await send(kept ? "DELETE" : "PUT", bookmark, kept ? undefined : {});
  button.setAttribute("aria-pressed", String(!kept));
  button.name = kept ? "add" : "remove";
  button.querySelector("[data-words]").textContent = kept ? save : saved;
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  const button = event.submitter;
  const bar = form.closest("[data-reactions]");
  const keeps = button && (form.dataset.bookmark || button.dataset.bookmark);
  if (!button || "plain" in form.dataset || !(bar || keeps)) return;
  event.preventDefault();
  if (button.ariaBusy === "true") return;
  button.ariaBusy = "true";
  try {
    await (bar ? react(bar, button) : keep(button));
  } catch (error) {
    if (!(error instanceof TypeError)) return tell(error.message);
    form.dataset.plain = "";
    form.requestSubmit(button);
  } finally {
    button.ariaBusy = null;
  }
});

// What was passed on counts once a day for who is signed in. Whether it is counted is not the reader's trouble.
function passedOn(link) {
  if (link.dataset.counted) send("POST", link.dataset.counted, {}).catch(() => {});
}

async function copyLink(link) {
  await navigator.clipboard.writeText(link.dataset.share);
  tell(link.dataset.done, "success");
  passedOn(link);
}

// Phones offer their own ways; where those fail, the address is copied; without both, the link leads to its page.
async function share(link) {
  try {
    await navigator.share({ title: link.dataset.title, url: link.dataset.share });
    passedOn(link);
  } catch (error) {
    if (error.name === "AbortError") return;
    await copyLink(link).catch(() => link.href && location.assign(link.href));
  }
}

document.addEventListener("click", async (event) => {
  const link = event.target.closest("[data-share]");
  if (!link) return;
  const copies = event.target.closest("[data-copy-link]");
  if (!copies && navigator.share && matchMedia("(pointer: coarse)").matches) {
    event.preventDefault();
    await share(link);
  } else if (copies && navigator.clipboard) {
    event.preventDefault();
    await copyLink(link);
  }
});

for (const button of document.querySelectorAll("[data-copy-link]")) button.hidden = !navigator.clipboard;
