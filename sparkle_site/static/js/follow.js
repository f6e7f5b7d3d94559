// The follow button answers where it stands; without this its form does the same with a new page.

async function send(form, submitter) {
  const box = form.closest("[data-follow]");
  submitter.setAttribute("aria-busy", "true");
  const answer = await fetch(form.action, {
    method: "POST",
    body: new FormData(form, submitter),
    headers: { "X-Requested-With": "fetch" },
  });
  const type = answer.headers.get("Content-Type") ?? "";
  if (!answer.ok || answer.redirected || !type.startsWith("text/html")) throw new Error(answer.status);
  const made = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = made.querySelector("[data-follow]");
  const told = made.querySelector("[data-told]");
  box.querySelector("form").replaceWith(fresh.querySelector("form"));
  box.querySelector("form button").focus();
  if (told) document.dispatchEvent(new CustomEvent("toast", { detail: { text: told.textContent, level: "info" } }));
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (event.defaultPrevented || !form.matches("[data-follow] > form")) return;
  event.preventDefault();
  if (event.submitter.hasAttribute("aria-busy")) return;
  try {
    await send(form, event.submitter);
  } catch {
    // What went wrong the page says better than we could.
    const act = document.createElement("input");
    Object.assign(act, { type: "hidden", name: event.submitter.name, value: event.submitter.value });
    form.append(act);
    form.submit();
  }
});
