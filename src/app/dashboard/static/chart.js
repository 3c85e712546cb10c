// The price over time: a line of steps, as a price holds until the next one.
//
// It is drawn as SVG: styled like the rest, sharp on every screen, and each point can be reached
// with the arrow keys and is read out.

import { h, show, svg } from "./dom.js";
import { change, date, money, moment, time } from "./format.js";
import { around, scale, ticks } from "./scale.js";

const HEIGHT = 260;
const EDGE = { top: 14, right: 16, bottom: 30 };
const LETTER = 7.2;
const DAY = 86400000;

/** points: [{date, price, currency}], oldest first, all of one currency. */
export function priceChart(points, { last_seen: until, title }) {
  const known = points.map((point) => ({ ...point, at: Date.parse(point.date) }));
  const box = h("div", { class: "plot" });
  const reading = h("figcaption", {}, told(known, known.length - 1));
  let width = 0;

  new ResizeObserver(([{ contentRect }]) => {
    if (Math.abs(contentRect.width - width) < 1 || contentRect.width < 100) return;
    width = contentRect.width;
    show(box, drawn(known, Date.parse(until), width, title, (index) => show(reading, told(known, index))));
  }).observe(box);
  return h("figure", { class: "chart" }, box, reading);
}

function drawn(points, until, width, title, read) {
  const span = period(points, until);
  const prices = around(points.map(({ price }) => price));
  const levels = labelled(ticks(...prices, 5), points[0].currency);
  const left = 12 + LETTER * Math.max(...levels.map(({ words }) => words.length));
  const x = scale(span, [left, width - EDGE.right]);
  const y = scale(prices, [HEIGHT - EDGE.bottom, EDGE.top]);
  const ends = Math.max(until, points.at(-1).at);
  const line = steps(points, ends, x, y);
  const floor = HEIGHT - EDGE.bottom;
  const dots = points.map((point, index) => dot(points, index, x(point.at), y(point.price)));
  const chart = svg("svg", {
    width, height: HEIGHT, viewBox: `0 0 ${width} ${HEIGHT}`, role: "group",
    "aria-label": `Price of ${title}: ${points.length} points. Arrow keys go from one to the next.`,
  },
  svg("g", { "aria-hidden": "true" },
    levels.map(({ price, words }) => level(words, y(price), left, width)),
    moments(span, width - left).map(({ at, words, anchor }) => label(words, x(at), anchor)),
    svg("path", { class: "area", d: `${line}V${floor}H${x(points[0].at)}Z` }),
    svg("path", { class: "line", d: line })),
  dots);
  steer(chart, dots, read);
  return chart;
}

function steps(points, ends, x, y) {
  const [first, ...others] = points;
  const turns = others.map((point) => `H${x(point.at)}V${y(point.price)}`).join("");
  return `M${x(first.at)} ${y(first.price)}${turns}H${x(ends)}`;
}

function dot(points, index, cx, cy) {
  return svg("circle", {
    class: "point", cx, cy, r: points.length > 60 ? 2.5 : 4.5, role: "img",
    tabindex: index === points.length - 1 ? 0 : -1, "aria-label": told(points, index),
  });
}

/** Go from point to point with the keys, or to the one that is nearest to the pointer. */
function steer(chart, dots, read) {
  const places = dots.map((each) => Number(each.getAttribute("cx")));
  const to = { ArrowLeft: (at) => at - 1, ArrowRight: (at) => at + 1, Home: () => 0, End: () => dots.length - 1 };
  const mark = (index) => {
    dots.forEach((each, at) => {
      each.classList.toggle("marked", at === index);
      each.setAttribute("tabindex", at === index ? 0 : -1);
    });
    read(index);
  };
  chart.addEventListener("focusin", ({ target }) => mark(dots.indexOf(target)));
  chart.addEventListener("keydown", (event) => {
    const next = dots[to[event.key]?.(dots.indexOf(event.target))];
    if (!next) return;
    event.preventDefault();
    next.focus();
  });
  chart.addEventListener("pointermove", ({ offsetX }) => {
    const distances = places.map((place) => Math.abs(place - offsetX));
    mark(distances.indexOf(Math.min(...distances)));
  });
}

/** Prices with their words; of those that read the same, in yen for example, only the first. */
function labelled(prices, currency) {
  const words = prices.map((price) => money(price, currency));
  return prices.map((price, index) => ({ price, words: words[index] }))
    .filter((_, index) => words.indexOf(words[index]) === index);
}

function level(words, at, left, width) {
  return svg("g", {},
    svg("line", { class: "grid", x1: left, x2: width - EDGE.right, y1: at, y2: at }),
    svg("text", { x: left - 8, y: at + 4, "text-anchor": "end" }, words));
}

function label(words, x, anchor) {
  return svg("text", { x, y: HEIGHT - 8, "text-anchor": anchor }, words);
}

/** Moments with their words; of those that read the same only the first. */
function moments([from, to], width) {
  const count = Math.max(2, Math.min(6, Math.floor(width / 130)));
  const read = to - from < 2 * DAY ? time : date;
  const all = Array.from({ length: count }, (_, index) => {
    const at = from + ((to - from) * index) / (count - 1);
    const anchor = index === 0 ? "start" : index === count - 1 ? "end" : "middle";
    return { at, anchor, words: read(at) };
  });
  return all.filter(({ words }, index) => words !== all[index - 1]?.words);
}

function period(points, until) {
  const from = points[0].at;
  const to = Math.max(until, points.at(-1).at);
  return to - from < 60000 ? [from - 60000, to + 60000] : [from, to];
}

function told(points, index) {
  const { price, currency, date: at } = points[index];
  const moved = index > 0 ? `, ${change(points[index - 1].price, price) ?? "changed"}` : "";
  return `${moment(at)}: ${money(price, currency)}${moved}`;
}
