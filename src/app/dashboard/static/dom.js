// Makes elements. Text is always text here: nothing is ever read as markup.

const SVG = "http://www.w3.org/2000/svg";
const VISIBLE = /[\p{L}\p{N}\p{P}\p{S}]/u;

/** h("p", {class: "note", onclick: go}, "text", child, …) */
export function h(tag, properties = {}, ...children) {
  return filled(document.createElement(tag), properties, children);
}

export function svg(tag, properties = {}, ...children) {
  return filled(document.createElementNS(SVG, tag), properties, children);
}

export function show(parent, ...children) {
  parent.replaceChildren(...children.flat().filter(isSomething));
}

/** Give the focus back to what was rebuilt under it, or else to the title. */
export function refocus(key) {
  if (document.activeElement && document.activeElement !== document.body) return;
  const there = document.querySelector(`[data-focus="${key}"]`) ?? document.querySelector("h1");
  there?.focus({ preventScroll: true });
}

/** What somebody calls a thing. It is never unseen, and turns nothing round but itself. */
export function name(text) {
  return h("bdi", {}, VISIBLE.test(text) ? text : "(no name)");
}

/** Something to fill in, under what it is called. */
export function field(label, control) {
  return h("label", {}, h("span", {}, label), control);
}

/** Small facts in one line. */
export function line(...parts) {
  const given = parts.filter(isSomething);
  return h("p", { class: "faint" }, given.flatMap((part, index) => (index ? [" · ", part] : [part])));
}

/** A link to another site, or mere text where the address is none of the web's. */
export function outward(address, ...children) {
  return isOfTheWeb(address)
    ? h("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, ...children)
    : h("span", {}, ...children);
}

/** Wait for a while, or until it is called off. */
export function pause(milliseconds, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal?.addEventListener("abort", () => { clearTimeout(timer); resolve(); }, { once: true });
  });
}

function filled(element, properties, children) {
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined) continue;
    if (value === false && !name.startsWith("aria-")) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true && !name.startsWith("aria-") ? "" : String(value));
  }
  element.append(...children.flat().filter(isSomething));
  return element;
}

function isSomething(child) {
  return child !== null && child !== undefined && child !== false;
}

function isOfTheWeb(address) {
  try {
    return ["http:", "https:"].includes(new URL(address).protocol);
  } catch {
    return false;
  }
}
