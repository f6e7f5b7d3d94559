// People below a text while somebody types @ and letters; Enter or a click puts the name in.

const pause = 150;
const most = 6;
const begun = /(?:^|[^\w@/.])@(\w{2,30})$/;
let fields = 0;

/** Suggests people for the `@` in `area`; a second call for the same field does nothing. */
export function suggestPeople(area, label) {
  if (area.dataset.suggests) return;
  area.dataset.suggests = "1";
  const list = document.createElement("ul");
  list.id = `people-${(fields += 1)}`;
  list.className = "suggestions suggestions--people";
  list.role = "listbox";
  list.hidden = true;
  list.setAttribute("aria-label", label);
  area.setAttribute("aria-autocomplete", "list");
  area.setAttribute("aria-controls", list.id);
  area.after(list);
  let asking = new AbortController();
  let timer;

  function choose(option) {
    for (const each of list.children) each.ariaSelected = String(each === option);
    area.setAttribute("aria-activedescendant", option?.id ?? "");
  }

  function close() {
    clearTimeout(timer);
    asking.abort();
    list.hidden = true;
    list.replaceChildren();
    area.removeAttribute("aria-activedescendant");
  }

  function put(option) {
    const at = area.selectionStart;
    const before = area.value.slice(0, at).replace(/\w*$/, "");
    area.setRangeText(`${option.dataset.name} `, before.length, at, "end");
    close();
    area.focus();
  }

  function show(people) {
    const options = people.slice(0, most).map(({ username, profile }, at) => {
      const option = document.createElement("li");
      const name = document.createElement("bdi");
      const account = document.createElement("span");
      Object.assign(option, { id: `${list.id}-${at}`, role: "option", ariaSelected: "false" });
      option.dataset.name = username;
      name.textContent = profile?.displayName ?? username;
      account.textContent = `@${username}`;
      option.append(name, account);
      return option;
    });
    list.replaceChildren(...options);
    list.hidden = !options.length;
    if (options.length) choose(options[0]);
  }

  async function ask(letters) {
    asking.abort();
    asking = new AbortController();
    try {
      const answer = await fetch(`/api/users?q=${encodeURIComponent(letters)}&limit=${most}`, { signal: asking.signal });
      if (answer.ok) show((await answer.json()).data.items);
    } catch {
      // Given up for newer letters, or no network: names can be typed.
    }
  }

  function look() {
    clearTimeout(timer);
    const found = begun.exec(area.value.slice(0, area.selectionStart));
    if (found) timer = setTimeout(ask, pause, found[1]);
    else close();
  }

  area.addEventListener("input", look);
  area.addEventListener("keydown", (event) => {
    if (list.hidden || event.isComposing) return;
    const options = [...list.children];
    const at = options.findIndex((each) => each.ariaSelected === "true");
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      choose(options.at((at + (event.key === "ArrowDown" ? 1 : -1)) % options.length));
    } else if ((event.key === "Enter" || event.key === "Tab") && at >= 0) {
      event.preventDefault();
      put(options[at]);
    } else if (event.key === "Escape") {
      event.preventDefault();
      close();
    }
  });
  area.addEventListener("blur", close);
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) put(option);
  });
  // What was typed before this was loaded; not what the field came with.
  if (document.activeElement === area && area.value !== area.defaultValue) look();
}
