// Dialogs, buttons that say they are working, notices on demand. A dialog's link works without this too.

function ask(dialog, opener) {
  dialog.addEventListener("close", () => opener.focus(), { once: true });
  dialog.showModal();
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  if (opener) {
    event.preventDefault();
    ask(document.getElementById(opener.dataset.dialog), opener);
  }
  const open = event.target.closest("dialog[open]");
  if (open && (event.target === open || event.target.closest("[data-close]"))) {
    event.preventDefault();
    open.close();
  }
  const told = event.target.closest("[data-toast]");
  if (told) {
    const { toast: text, level } = told.dataset;
    document.dispatchEvent(new CustomEvent("toast", { detail: { text, level } }));
  }
});

// Links that look like buttons answer to the space bar as well.
document.addEventListener("keydown", (event) => {
  const link = event.target.closest?.("a[data-dialog], a[data-close]");
  if (link && event.key === " ") {
    event.preventDefault();
    link.click();
  }
});

document.addEventListener("submit", ({ submitter }) => {
  if (!submitter?.matches(".button--waits")) return;
  submitter.setAttribute("aria-busy", "true");
  submitter.setAttribute("aria-disabled", "true");
});

// The page may come back from the browser's memory, with the button as it was left.
addEventListener("pageshow", ({ persisted }) => {
  if (!persisted) return;
  for (const button of document.querySelectorAll("button[type=submit][aria-busy]")) {
    button.removeAttribute("aria-busy");
    button.removeAttribute("aria-disabled");
  }
});
