"""What every page must be: nothing leaves its place, nothing lies over anything, nothing is missing."""

from __future__ import annotations

from urllib.parse import urlsplit

from playwright.sync_api import Page

#: Everything that is wrong with the layout of the page, a line each.
#:
#: - the page scrolls sideways, or words and pictures leave the window, their card (what has an edge or a ground) or
#:   the box they stand in, unless they lie in something that scrolls;
#: - words are cut off without a sign (an ellipsis);
#: - words of one block lie over words or a picture of another, unless one of the two floats;
#: - a picture is broken; a heading or a link says nothing.
PROBLEMS = r"""async () => {
  const problems = new Set();
  const wide = document.documentElement.clientWidth;
  const tell = (what, node) => {
    const element = node.nodeType === 1 ? node : node.parentElement;
    const name = (each) => each.localName + [...each.classList].map((one) => `.${one}`).join("");
    const words = (node.textContent || "").trim().slice(0, 40);
    const around = element.parentElement ? name(element.parentElement) + " > " : "";
    problems.add(`${what}: ${around}${name(element)} “${words}”`);
  };

  const pictures = [...document.images];
  for (const picture of pictures) picture.loading = "eager";
  await Promise.all(pictures.map((picture) => picture.decode().catch(() => {})));
  for (const picture of pictures) if (!picture.naturalWidth) tell(`broken picture ${picture.currentSrc}`, picture);

  if (document.documentElement.scrollWidth > wide) {
    tell(`the page is ${document.documentElement.scrollWidth - wide} px too wide`, document.body);
  }

  const styles = new Map();
  const style = (element) => {
    if (!styles.has(element)) styles.set(element, getComputedStyle(element));
    return styles.get(element);
  };
  const inline = (element) => /^(inline$|contents|ruby)/.test(style(element).display);
  const painted = (element) => {
    const css = style(element);
    return css.backgroundImage !== "none" || !/^(rgba\(.*, 0\)|transparent)$/.test(css.backgroundColor)
      || ["Top", "Right", "Bottom", "Left"].every((side) => parseFloat(css[`border${side}Width`]) > 0);
  };
  const shown = (element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true })
    && !element.closest(".hidden-text, .skip-link");
  const block = (element) => {
    while (element.parentElement && inline(element)) element = element.parentElement;
    return element;
  };

  // What is seen of a thing: cut by everything around it that does not let it out.
  const cut = (node, rect) => {
    const seen = { left: rect.left, right: rect.right, top: rect.top, bottom: rect.bottom };
    const words = node.nodeType === 3;
    const size = words ? parseFloat(style(node.parentElement).fontSize) : 0;
    let scrolls = false, first = true, ends = false;
    for (let around = node.parentElement; around && around !== document.body; around = around.parentElement) {
      if (inline(around)) continue;
      const css = style(around), box = around.getBoundingClientRect();
      ends ||= css.textOverflow === "ellipsis" || css.webkitLineClamp !== "none";
      const card = first || painted(around);
      if (css.overflowX === "visible" && card && !scrolls && box.width) {
        const place = around.className || around.localName;
        if (seen.left < box.left - 1.5 || seen.right > box.right + 1.5) tell(`leaves ${place}`, node);
        if (words && (seen.top < box.top - size * 0.6 || seen.bottom > box.bottom + size * 0.6)) {
          tell(`hangs out of ${place}`, node);
        }
      }
      first = false;
      if (css.overflowX !== "visible") {
        scrolls ||= /auto|scroll/.test(css.overflowX) && around.scrollWidth > around.clientWidth;
        const before = { ...seen };
        seen.left = Math.max(seen.left, box.left);
        seen.right = Math.min(seen.right, box.right);
        seen.top = Math.max(seen.top, box.top);
        seen.bottom = Math.min(seen.bottom, box.bottom);
        const lost = before.right - seen.right + seen.left - before.left > 1.5
          || before.bottom - seen.bottom + seen.top - before.top > size * 0.6;
        if (words && lost && !scrolls && !ends) tell(`is cut off by ${around.className || around.localName}`, node);
      }
      if (css.position === "fixed") break;
    }
    if (seen.right - seen.left < 1 || seen.bottom - seen.top < 1) return null;
    if (!scrolls && (seen.left < -1 || seen.right > wide + 1)) tell("leaves the window", node);
    return seen;
  };

  const things = [];
  const add = (node, element, rects) => {
    for (const rect of rects) {
      if (!rect.width || !rect.height) continue;
      const seen = cut(node, rect);
      if (seen) things.push({ node, element, block: block(element), words: node.nodeType === 3, ...seen });
    }
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (!node.data.trim() || element.closest("script, style, svg, [aria-hidden=true]") || !shown(element)) continue;
    range.selectNodeContents(node);
    add(node, element, range.getClientRects());
  }
  for (const element of document.querySelectorAll("img, svg, iframe, input, select, textarea, button, progress")) {
    if (!shown(element) || element.closest("[aria-hidden=true] *")) continue;
    add(element, element, [element.getBoundingClientRect()]);
  }

  // Two things lie over each other when neither floats above the place they share.
  const floats = (element, shared) => {
    for (; element && element !== shared; element = element.parentElement) {
      if (/absolute|fixed|sticky/.test(style(element).position)) return true;
    }
    return false;
  };
  things.sort((one, other) => one.top - other.top);
  things.forEach((one, at) => {
    for (let next = at + 1; next < things.length && things[next].top < one.bottom - 1; next++) {
      const other = things[next];
      if ((!one.words && !other.words) || one.block === other.block) continue;
      if (!one.words && one.element.contains(other.element)) continue;
      if (!other.words && other.element.contains(one.element)) continue;
      const width = Math.min(one.right, other.right) - Math.max(one.left, other.left);
      const height = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
      const lower = Math.min(one.bottom - one.top, other.bottom - other.top);
      if (width < 2 || height < Math.max(2, lower * 0.35)) continue;
      let shared = one.element;
      while (!shared.contains(other.element)) shared = shared.parentElement;
      if (floats(one.element, shared) || floats(other.element, shared)) continue;
      tell(`lies over “${String(other.node.textContent || other.element.className).trim().slice(0, 40)}”`, one.node);
    }
  });

  // Signs that leave no trace on a page.
  const unseen = /[\s\p{C}\p{Z}\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0]/gu;
  for (const element of document.querySelectorAll("h1, h2, h3, h4, h5, h6, a[href], button")) {
    if (!element.checkVisibility()) continue;
    const said = [element.textContent, element.getAttribute("aria-label"), element.title,
      ...[...element.querySelectorAll("img[alt]")].map((each) => each.alt)].join("");
    if (!said.replace(unseen, "")) tell("says nothing", element);
  }
  return [...problems];
}"""


#: Words that end in "!" and stand in the wrong base direction: that sign has to end the line their first letter begins.
TURNED = r"""() => {
  const wrong = [];
  const range = document.createRange();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const place = (node, at) => {
    range.setStart(node, at);
    range.setEnd(node, at + 1);
    return range.getClientRects()[0];
  };
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const words = node.data.trimEnd(), start = words.search(/\S/);
    if (!/\p{L}.*!$/u.test(words) || node.parentElement.closest("script, style, svg, .code")) continue;
    if (!node.parentElement.checkVisibility() || node.parentElement.closest(".hidden-text")) continue;
    const first = place(node, start), last = place(node, words.length - 1);
    if (!first || !last || Math.abs(first.top - last.top) > 2) continue;
    const leftwards = /^[^\p{L}]*[\p{Script=Arabic}\p{Script=Hebrew}]/u.test(words);
    if (leftwards ? last.left > first.left : last.left < first.left) {
      wrong.push(`${node.parentElement.outerHTML.slice(0, 160)}`);
    }
  }
  return wrong;
}"""


def problems_of(page: Page) -> list[str]:
    """What is wrong with the layout of the page at its present size."""
    found: list[str] = page.evaluate(PROBLEMS)
    return found


def breaks(page: Page, *widths: int) -> list[str]:
    """What breaks at these widths: layout, or something hostile that has run."""
    found, path = [], urlsplit(page.url).path[:60]
    for width in widths:
        page.set_viewport_size({"width": width, "height": 900})
        found += [f"{path} {width} px: {each}" for each in problems_of(page)]
    ran = page.evaluate("window.ran")
    return found if ran is None else [*found, f"{path}: something ran: {ran}"]


def nothing_breaks(found: list[str]) -> None:
    """Fails with all that was found."""
    assert not found, "\n".join(["Pages break.", *found[:60]])


def turned_around(page: Page) -> list[str]:
    """Words that stand in the wrong direction."""
    found: list[str] = page.evaluate(TURNED)
    return found
