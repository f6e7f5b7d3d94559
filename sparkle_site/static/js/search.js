// Suggestions below a search field, as a combobox with a list (WAI-ARIA 1.2). Loaded when a field gets the focus;
// without it the field is sent like any other.

const pause = 150;
const shortest = 2;
let fields = 0;

/** Makes `input` a combobox; a second call for the same field does nothing. */
export function suggest(input) {
  if (input.role === "combobox") return;
  const list = document.createElement("ul");
  list.id = `suggestions-${(fields += 1)}`;
  list.className = "suggestions";
  list.role = "listbox";
  list.hidden = true;
  list.setAttribute("aria-label", input.dataset.label);
  // A field of the type "search" may not be a combobox.
  Object.assign(input, { type: "text", inputMode: "search", autocomplete: "off", role: "combobox" });
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", list.id);
  input.setAttribute("aria-expanded", "false");
  input.after(list);

  // Addresses of the API have no language; those of this page's form do.
  const start = new URL(input.form.action).pathname.replace(/search\/$/, "");
  let asking = new AbortController();
  let timer;
  let typed = input.value;

  function choose(option) {
    for (const each of list.children) each.ariaSelected = String(each === option);
    input.setAttribute("aria-activedescendant", option?.id ?? "");
    input.value = option?.dataset.title ?? typed;
    option?.scrollIntoView({ block: "nearest" });
  }

  function close() {
    clearTimeout(timer);
    asking.abort();
    list.hidden = true;
    list.replaceChildren();
    input.setAttribute("aria-expanded", "false");
    input.setAttribute("aria-activedescendant", "");
  }

  function show(suggestions) {
    const options = suggestions.map(({ title, note, url }, at) => {
      const option = document.createElement("li");
      const name = document.createElement("bdi");
      const kind = document.createElement("span");
      const { pathname, search } = new URL(url);
      Object.assign(option, { id: `${list.id}-${at}`, role: "option", ariaSelected: "false" });
      Object.assign(option.dataset, { title, href: start + pathname.slice(1) + search });
      name.textContent = title;
      kind.textContent = note;
      option.append(name, kind);
      return option;
    });
    list.replaceChildren(...options);
    list.hidden = !options.length;
    input.setAttribute("aria-expanded", String(Boolean(options.length)));
    input.setAttribute("aria-activedescendant", "");
  }

  async function ask() {
    asking.abort();
    asking = new AbortController();
    try {
      const answer = await fetch(`/api/search/suggestions?q=${encodeURIComponent(typed)}`, {
        headers: { "Accept-Language": document.documentElement.lang },
        signal: asking.signal,
      });
      if (answer.ok) show((await answer.json()).data.items);
    } catch {
      // Given up for newer letters, or no network: the field works without.
    }
  }

  input.addEventListener("input", () => {
    typed = input.value;
    clearTimeout(timer);
    if (typed.trim().length < shortest) close();
    else timer = setTimeout(ask, pause);
  });
  input.addEventListener("keydown", (event) => {
    const options = [...list.children];
    const at = options.findIndex((each) => each.ariaSelected === "true");
    if (event.isComposing) return;
    if (["ArrowDown", "ArrowUp"].includes(event.key)) {
      event.preventDefault();
      if (!options.length) return typed.trim().length < shortest ? undefined : ask();
      // One place among them is the field itself, with what was typed.
      const next = event.key === "ArrowDown" ? at + 1 : at < 0 ? options.length - 1 : at - 1;
      choose(options[next]);
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      choose();
      close();
    } else if (event.key === "Enter" && at >= 0) {
      event.preventDefault();
      location.assign(options[at].dataset.href);
    }
  });
  input.addEventListener("blur", close);
  // The focus stays in the field while the list is clicked.
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) location.assign(option.dataset.href);
  });
  if (typed.trim().length >= shortest && document.activeElement === input && input.value !== input.defaultValue) ask();
}
