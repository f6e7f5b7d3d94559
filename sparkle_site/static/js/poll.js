// Voting without a new page. Where a script fails, the form goes its own way.

document.addEventListener("submit", async (event) => {
  const form = event.target;
  const poll = form.closest("[data-poll]");
  if (!poll || "plain" in form.dataset) return;
  event.preventDefault();
  const button = event.submitter;
  if (poll.ariaBusy === "true") return;
  poll.ariaBusy = "true";
  try {
    const headers = { "X-Part": "poll", "Accept-Language": document.documentElement.lang };
    const response = await fetch(form.action, { method: "POST", body: new FormData(form, button), headers });
    if (response.headers.get("X-Part") !== "poll") throw new TypeError("no poll came back");
    const made = new DOMParser().parseFromString(await response.text(), "text/html");
    const fresh = made.querySelector(".poll");
    poll.replaceWith(fresh);
    (fresh.querySelector("[data-told]") ?? fresh.querySelector("input"))?.focus({ preventScroll: true });
  } catch {
    poll.ariaBusy = null;
    form.dataset.plain = "";
    form.requestSubmit(button);
  }
});
