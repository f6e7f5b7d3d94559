// A button that copies the code below it. Where a browser does not let it, the code is marked, ready to be copied.

const toldTime = 4000;

// Code inside a text has no button of its own yet.
const spare = document.querySelector("[data-copy-for-pre]");
for (const pre of spare ? document.querySelectorAll(".prose pre") : []) {
  const figure = document.createElement("figure");
  figure.className = "code";
  pre.before(figure);
  figure.append(spare.content.querySelector(".copy").cloneNode(true), pre);
}

async function copy(code) {
  try {
    await navigator.clipboard.writeText(code.textContent);
    return true;
  } catch {
    getSelection().selectAllChildren(code);
    return false;
  }
}

const timers = new WeakMap();

document.addEventListener("click", async ({ target }) => {
  const button = target.closest("[data-copy]");
  if (!button) return;
  const told = button.parentElement.querySelector("[role=status]");
  const done = await copy(button.closest(".code").querySelector("pre"));
  told.textContent = done ? button.dataset.done : button.dataset.marked;
  clearTimeout(timers.get(told));
  timers.set(told, setTimeout(() => { told.textContent = ""; }, toldTime));
});
