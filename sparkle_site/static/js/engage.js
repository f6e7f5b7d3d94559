// Reacting and keeping without a new page. Where a script fails, the forms go their own way.

const short = new Intl.NumberFormat(document.documentElement.lang, { notation: "compact", maximumFractionDigits: 1 });

function tell(text) {
  document.dispatchEvent(new CustomEvent("toast", { detail: { text, level: "error" } }));
}

async function send(form, method, address, body) {
  const headers = { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value, "Accept-Language": document.documentElement.lang };
  if (body) headers["Content-Type"] = "application/json";
  const response = await fetch(address, { method, headers, body: body && JSON.stringify(body) });
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

async function react(bar, form, button) {
  const method = button.name === "remove" ? "DELETE" : "PUT";
  showReactions(bar, await send(form, method, `${bar.dataset.reactions}/${button.value}`));
}

async function keep(form, button) {
  const kept = button.getAttribute("aria-pressed") === "true";
  await send(form, kept ? "DELETE" : "PUT", form.dataset.bookmark, kept ? undefined : {});
  button.setAttribute("aria-pressed", String(!kept));
  button.name = kept ? "add" : "remove";
  button.querySelector("[data-words]").textContent = kept ? form.dataset.save : form.dataset.saved;
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  const button = event.submitter;
  const bar = form.closest("[data-reactions]");
  if (!button || "plain" in form.dataset || !(bar || form.dataset.bookmark)) return;
  event.preventDefault();
  if (button.ariaBusy === "true") return;
  button.ariaBusy = "true";
  try {
    await (bar ? react(bar, form, button) : keep(form, button));
  } catch (error) {
    if (!(error instanceof TypeError)) return tell(error.message);
    form.dataset.plain = "";
    form.requestSubmit(button);
  } finally {
    button.ariaBusy = null;
  }
});

// The address of what is shared is copied; phones offer their own ways.
document.addEventListener("click", async (event) => {
  const link = event.target.closest("[data-share]");
  if (!link) return;
  const url = link.dataset.share;
  if (navigator.share && matchMedia("(pointer: coarse)").matches) {
    event.preventDefault();
    await navigator.share({ title: link.dataset.title, url }).catch(() => {});
  } else if (event.target.closest("[data-copy-link]") && navigator.clipboard) {
    event.preventDefault();
    await navigator.clipboard.writeText(url);
    document.dispatchEvent(new CustomEvent("toast", { detail: { text: link.dataset.done, level: "success" } }));
  }
});

for (const button of document.querySelectorAll("[data-copy-link]")) button.hidden = !navigator.clipboard;
