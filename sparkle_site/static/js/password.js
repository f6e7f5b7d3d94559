// Passwords: shown on demand; for a new one, which of the site's rules it keeps. The server has the last word.

const pause = 400;
// Of 100, as the server counts: from 50 on a password is taken. Shown until the server has answered.
const points = { none: 0, poor: 20, nearly: 40, good: 60, strong: 90 };
const long = 16;
const varied = 10;

// What Python's SequenceMatcher.quick_ratio says, on which Django's validator of similarity relies.
function ratio(one, other) {
  const left = {};
  for (const letter of other) left[letter] = (left[letter] ?? 0) + 1;
  const shared = [...one].filter((letter) => left[letter]-- > 0).length;
  return (2 * shared) / ([...one].length + [...other].length);
}

function isSimilar(password, words, most) {
  const parts = words.flatMap((word) => [word, ...word.split(/[^\p{L}\p{N}_]+/u)]).filter(Boolean);
  return parts.some((part) => ratio(password.toLowerCase(), part.toLowerCase()) >= most);
}

// What is still missing, by rule.
const checks = {
  short: (password, least) => ([...password].length < least ? ["short"] : []),
  long: (password, most) => ([...password].length > most ? ["long"] : []),
  similar: (password, most, words) => (isSimilar(password, words, most) ? ["similar"] : []),
  characters: (password) => [
    ...(/\p{Lowercase}/u.test(password) ? [] : ["lower"]),
    ...(/\p{Uppercase}/u.test(password) ? [] : ["upper"]),
    ...(/\p{Nd}/u.test(password) ? [] : ["digit"]),
    ...(/[^\p{L}\p{N}\s]/u.test(password) ? [] : ["special"]),
    ...(/(.)\1\1/u.test(password) ? ["repeat"] : []),
  ],
};

function judge(strength, input) {
  const { dataset } = strength;
  const password = input.value;
  const typed = [...input.form.querySelectorAll("[name=username], [name=email]")].map(({ value }) => value);
  const words = [dataset.person, dataset.address, ...typed];
  const missing = [];
  for (const rule of input.closest(".field").querySelectorAll("[data-rule]")) {
    const { rule: name, limit } = rule.dataset;
    const found = checks[name](password, Number(limit), words);
    rule.classList.toggle("is-kept", Boolean(password) && !found.length);
    missing.push(...found.map((each) => dataset[each].replace("{n}", limit)));
  }
  if (!password) return [points.none, dataset.none];
  if (missing.length) {
    const list = new Intl.ListFormat(document.documentElement.lang).format(missing);
    return [missing.length > 1 ? points.poor : points.nearly, dataset.missing.replace("{list}", list)];
  }
  const strong = [...password].length >= long && new Set(password).size >= varied;
  return strong ? [points.strong, dataset.strong] : [points.good, dataset.good];
}

// What the server says: its rules are more than a page can hold. Null where it says nothing.
async function ask(strength, input) {
  const value = (name) => input.form.elements[name]?.value ?? "";
  try {
    const answer = await fetch(strength.dataset.judge, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": value("csrfmiddlewaretoken"), Accept: "application/json" },
      body: JSON.stringify({ password: input.value, email: value("email"), username: value("username") }),
    });
    return answer.ok ? (await answer.json()).data : null;
  } catch {
    return null;
  }
}

function tell(strength, value, text) {
  const meter = strength.querySelector("meter");
  meter.value = value;
  meter.textContent = value;
  strength.querySelector("[role=status]").textContent = text;
}

for (const strength of document.querySelectorAll("[data-strength-of]")) {
  const input = document.getElementById(strength.dataset.strengthOf);
  let timer;
  const look = () => {
    const [value, text] = judge(strength, input);
    strength.querySelector("meter").value = value;
    clearTimeout(timer);
    // Said when somebody stops typing, not at each letter.
    timer = setTimeout(async () => {
      const typed = input.value;
      tell(strength, value, text);
      const heard = typed && (await ask(strength, input));
      if (heard && typed === input.value) {
        tell(strength, heard.strength, value < points.good ? text : heard.problems.join(" ") || text);
      }
    }, pause);
  };
  input.form.addEventListener("input", look);
  if (input.value) look();
}

function show(button, shown) {
  document.getElementById(button.getAttribute("aria-controls")).type = shown ? "text" : "password";
  button.setAttribute("aria-pressed", String(shown));
  button.textContent = shown ? button.dataset.hide : button.dataset.show;
}

document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-peek]");
  if (button) show(button, button.getAttribute("aria-pressed") !== "true");
});

// A field of words would be remembered by the browser as such.
document.addEventListener("submit", ({ target }) => {
  for (const button of target.querySelectorAll("[data-peek]")) show(button, false);
});
