// Pictures of a gallery, large, one after the other. Without this file each picture is a link to its large form.

let box;

function make(gallery) {
  box = document.createElement("dialog");
  box.className = "lightbox";
  box.innerHTML = `<button class="lightbox__close" type="button" data-act="close"></button>
    <button class="lightbox__turn" type="button" data-act="previous"></button>
    <figure><img alt=""><figcaption></figcaption></figure>
    <button class="lightbox__turn" type="button" data-act="next"></button>`;
  const signs = { close: "×", previous: "‹", next: "›" };
  for (const button of box.querySelectorAll("button")) {
    button.textContent = signs[button.dataset.act];
    button.setAttribute("aria-label", gallery.dataset[button.dataset.act]);
  }
  box.addEventListener("click", (event) => {
    const act = event.target.closest("[data-act]")?.dataset.act;
    if (act === "close" || event.target === box) box.close();
    else if (act) turn(act === "next" ? 1 : -1);
  });
  box.addEventListener("keydown", (event) => {
    const forward = getComputedStyle(box).direction === "rtl" ? "ArrowLeft" : "ArrowRight";
    if (event.key === "ArrowLeft" || event.key === "ArrowRight") turn(event.key === forward ? 1 : -1);
  });
  box.addEventListener("close", () => links[place]?.focus());
  document.body.append(box);
}

let links = [];
let place = 0;

function show() {
  const link = links[place];
  const picture = link.querySelector("img");
  const image = box.querySelector("img");
  image.src = link.href;
  image.alt = picture.alt;
  box.querySelector("figcaption").textContent = link.parentElement.querySelector("figcaption")?.textContent ?? "";
}

function turn(step) {
  place = (place + step + links.length) % links.length;
  show();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-picture]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  const gallery = link.closest("[data-gallery]");
  if (!box) make(gallery);
  links = [...gallery.querySelectorAll("a[data-picture]")];
  place = links.indexOf(link);
  show();
  box.showModal();
});
