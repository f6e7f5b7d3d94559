// Comments without leaving the page: more of them, another order, answers and changes in their place, names while
// typing. Every link and form works without this; each answer is the same piece of HTML as on its own page.

const section = document.querySelector("[data-comments]");
const words = section?.dataset ?? {};
const short = new Intl.NumberFormat(document.documentElement.lang, { notation: "compact", maximumFractionDigits: 1 });

function tell(text, level = "error") {
  document.dispatchEvent(new CustomEvent("toast", { detail: { text, level } }));
}

function pieces(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content;
}

function asPart(address) {
  const url = new URL(address, location.href);
  url.searchParams.set("part", "1");
  return url;
}

async function get(address) {
  const answer = await fetch(asPart(address));
  if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
  return pieces(await answer.text());
}

// Another thing than one asked for has come (a page to sign in), or nothing: the link leads there itself.
async function follow(link, put) {
  if (link.getAttribute("aria-busy")) return;
  link.setAttribute("aria-busy", "true");
  try {
    put(await get(link.href));
    link.removeAttribute("aria-busy");
  } catch {
    location.assign(link.href);
  }
}

function more(link) {
  follow(link, (found) => {
    const first = found.querySelector(".comment");
    const place = link.closest(".threads__more") ?? link;
    const list = link.closest(".thread__replies")?.querySelector("[data-replies]");
    if (list) {
      const next = found.querySelector("[data-load]");
      list.append(found);
      if (next) list.after(next);
    } else {
      place.after(found);
    }
    place.remove();
    first?.setAttribute("tabindex", "-1");
    first?.focus({ preventScroll: true });
  });
}

function sort(link) {
  follow(link, (found) => {
    section.querySelector("[data-threads]").replaceChildren(found);
    for (const each of section.querySelectorAll("[data-sort]")) each.removeAttribute("aria-current");
    link.setAttribute("aria-current", "true");
  });
}

function open(link) {
  const comment = link.closest(".comment");
  const there = comment.querySelector(".comment-form");
  if (there) {
    there.querySelector("textarea").focus();
    return;
  }
  follow(link, (found) => {
    const form = found.querySelector("form");
    form.dataset.of = link.hasAttribute("data-reply") ? "reply" : "edit";
    comment.querySelector(".comment__main").append(form);
    form.querySelector("textarea").focus();
  });
}

function placeOf(form) {
  const comment = form.closest(".comment");
  const thread = form.closest(".thread");
  if (!comment || !thread) return null;
  let list = thread.querySelector("[data-replies]");
  if (!list) {
    list = document.createElement("div");
    list.className = "thread__list";
    list.dataset.replies = "";
    const replies = document.createElement("div");
    replies.className = "thread__replies";
    replies.append(list);
    thread.append(replies);
  }
  return { list, comment };
}

function put(form, made) {
  const kind = form.dataset.of;
  if (kind === "edit") {
    form.closest(".comment").replaceWith(made);
  } else if (kind === "reply") {
    const { list, comment } = placeOf(form);
    form.remove();
    if (list.contains(comment)) comment.after(made);
    else list.append(made);
  } else {
    const thread = document.createElement("li");
    thread.className = "thread";
    thread.append(made);
    section.querySelector("[data-threads]").prepend(thread);
    section.querySelector(".comments__none")?.remove();
    form.reset();
  }
  own(made);
  made.setAttribute("tabindex", "-1");
  made.focus();
}

async function send(form) {
  const button = form.querySelector("button[type=submit]");
  if (form.dataset.sending) return;
  form.dataset.sending = "1";
  try {
    const answer = await fetch(asPart(form.action), { method: "POST", body: new FormData(form) });
    const found = pieces(await answer.text());
    const made = found.querySelector(".comment");
    const again = found.querySelector("form[data-comment-form]");
    if (answer.status === 201 && made) {
      put(form, made);
    } else if (again && !answer.redirected) {
      again.dataset.of = form.dataset.of ?? "";
      if (!again.dataset.of) delete again.dataset.of;
      form.replaceWith(again);
      again.querySelector("textarea").focus();
    } else {
      tell(words.failed);
    }
  } catch {
    tell(words.failed);
  } finally {
    delete form.dataset.sending;
    button?.removeAttribute("aria-busy");
    button?.removeAttribute("aria-disabled");
  }
}

function own(comment) {
  const link = comment.querySelector("[data-more]");
  if (!link || comment.querySelector("[data-change]")) return;
  const change = document.createElement("a");
  change.href = link.href.replace(/manage\/$/, "edit/");
  change.dataset.change = "";
  change.textContent = words.edit;
  link.before(change);
}

function showMarks() {
  const stored = document.getElementById("comment-marks");
  for (const [id, marks] of Object.entries(stored ? JSON.parse(stored.textContent) : {})) {
    const comment = document.getElementById(`comment-${id}`);
    if (comment && marks.own) own(comment);
    if (comment && marks.reactions?.includes(words.like)) liked(comment.querySelector("[data-like]"), true);
  }
}

function liked(link, mine) {
  link.setAttribute("role", "button");
  link.setAttribute("aria-pressed", String(mine));
}

// One press gives the first type of reaction, or takes it back; all of them are on the page the link leads to.
async function like(link) {
  if (link.getAttribute("aria-busy")) return;
  link.setAttribute("aria-busy", "true");
  try {
    const method = link.getAttribute("aria-pressed") === "true" ? "DELETE" : "PUT";
    const headers = { "X-CSRFToken": section.querySelector("[name=csrfmiddlewaretoken]").value };
    const answer = await fetch(`${link.dataset.like}/${words.like}`, { method, headers });
    const { data } = await answer.json();
    const many = Object.values(data.reactions).reduce((sum, each) => sum + each, 0);
    liked(link, data.own.includes(words.like));
    link.querySelector("[data-count]").textContent = many ? short.format(many) : "";
    link.removeAttribute("aria-busy");
  } catch {
    location.assign(link.href);
  }
}

// A guest, and who cannot write here, goes to the page of the reactions.
function canLike() {
  return Boolean(words.like && section.querySelector("[name=csrfmiddlewaretoken]"));
}

function isPlain(event) {
  return !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey && !event.button;
}

section?.addEventListener("click", (event) => {
  const hidden = event.target.closest(".spoiler");
  if (hidden) hidden.classList.add("spoiler--open");
  const link = event.target.closest("a[data-load], a[data-sort], a[data-reply], a[data-change], a[data-like]");
  if (!link || !isPlain(event) || (link.dataset.like && !canLike())) return;
  event.preventDefault();
  if (link.hasAttribute("data-load")) more(link);
  else if (link.hasAttribute("data-sort")) sort(link);
  else if (link.dataset.like) like(link);
  else open(link);
});

section?.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-comment-form]");
  // On a page that is made for one form alone, the answer is another page.
  if (!form || !section.querySelector("[data-threads], [data-replies]")) return;
  event.preventDefault();
  send(form);
});

section?.addEventListener("focusin", (event) => {
  const area = event.target;
  if (area.matches("textarea[data-mentions]")) {
    import(words.names).then(({ suggestPeople }) => suggestPeople(area, words.people));
  }
});

section?.addEventListener("keydown", (event) => {
  const form = event.target.closest?.(".comment .comment-form");
  if (form && event.key === "Escape" && !event.defaultPrevented && !form.querySelector("textarea").value) {
    const link = form.closest(".comment").querySelector("[data-reply]");
    form.remove();
    link?.focus();
  }
});

showMarks();
if (section) section.dataset.ready = "1";
