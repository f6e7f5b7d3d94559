// The names beside the icons of the rail go away for whoever presses Escape, until the pointer or the focus comes anew.

export function hush(rail) {
  for (const link of rail.querySelectorAll("a:is(:hover, :focus-visible)")) {
    link.dataset.hushed = "";
    for (const type of ["pointerleave", "blur"]) {
      link.addEventListener(type, () => delete link.dataset.hushed, { once: true });
    }
  }
}
