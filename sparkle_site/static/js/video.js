// Puts YouTube's player in place of a picture, but only after a click: before it nothing is asked of YouTube.

document.addEventListener("click", (event) => {
  const poster = event.target.closest("a[data-video]");
  if (!poster || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  const address = new URL(`https://www.youtube-nocookie.com/embed/${encodeURIComponent(poster.dataset.video)}`);
  address.searchParams.set("autoplay", "1");
  address.searchParams.set("rel", "0");
  address.searchParams.set("enablejsapi", "1");
  if (Number(poster.dataset.start) > 0) address.searchParams.set("start", poster.dataset.start);
  const player = document.createElement("iframe");
  player.className = "video__player";
  player.src = address;
  player.title = poster.dataset.title;
  player.allow = "autoplay; encrypted-media; fullscreen; picture-in-picture";
  player.allowFullscreen = true;
  player.referrerPolicy = "strict-origin-when-cross-origin";
  // Kept for paper.
  poster.style.display = "none";
  poster.after(player);
  player.focus();
});

// A chapter, or a moment that a comment names, leads to its place: in the player that is there already, else by starting it there.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-seek]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  const frame = link.closest(".video-block, .reader__stage") ?? document.querySelector(".reader__stage");
  const player = frame?.querySelector(".video__player");
  const poster = frame?.querySelector("a[data-video]");
  if (!player && !poster) return;
  event.preventDefault();
  if (player) {
    const command = { event: "command", func: "seekTo", args: [Number(link.dataset.seek), true] };
    player.contentWindow.postMessage(JSON.stringify(command), "https://www.youtube-nocookie.com");
    player.scrollIntoView({ block: "nearest" });
  } else {
    poster.dataset.start = link.dataset.seek;
    poster.click();
  }
});
