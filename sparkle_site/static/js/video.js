// Puts YouTube's player in place of a picture, but only after a click: before it nothing is asked of YouTube.

document.addEventListener("click", (event) => {
  const poster = event.target.closest("a[data-video]");
  if (!poster || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  const address = new URL(`https://www.youtube-nocookie.com/embed/${encodeURIComponent(poster.dataset.video)}`);
  address.searchParams.set("autoplay", "1");
  address.searchParams.set("rel", "0");
  if (Number(poster.dataset.start) > 0) address.searchParams.set("start", poster.dataset.start);
  const player = document.createElement("iframe");
  player.className = "video__player";
  player.src = address;
  player.title = poster.dataset.title;
  player.allow = "autoplay; encrypted-media; fullscreen; picture-in-picture";
  player.allowFullscreen = true;
  player.referrerPolicy = "strict-origin-when-cross-origin";
  poster.replaceWith(player);
  player.focus();
});
