// Pictures in SVG: axes, lines and points, in the colors of the page.

import { number } from "./numbers.js";

const SVG = "http://www.w3.org/2000/svg";
let clips = 0;
export const DASHES = ["", "7 4", "8 3 2 3", "2 3", "12 3", "4 2 1 2"];

/** An SVG element. */
export function draw(tag, attributes = {}, ...children) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** Numbers to pixels, evenly or by ratios; `invert` goes back. */
export function scale([from, to], [start, end], log = false, ticks = null) {
  const f = log ? Math.log10 : (x) => x;
  const back = log ? (x) => 10 ** x : (x) => x;
  const [low, high] = [f(from), f(to)];
  const at = (x) => start + ((f(x) - low) / (high - low)) * (end - start);
  at.invert = (pixel) => back(low + ((pixel - start) / (end - start)) * (high - low));
  at.ticks = ticks ?? (log ? powers(from, to) : round_numbers(from, to));
  return at;
}

/** About five round numbers between two. */
function round_numbers(from, to) {
  const rough = (to - from) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((factor) => factor * power >= rough);
  const first = Math.ceil(from / step - 1e-9);
  const count = Math.floor(to / step + 1e-9) - first + 1;
  return Array.from({ length: count }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** Powers of ten around the sizes that are finite and not 0, at least two decades apart. */
export function decades(sizes) {
  const logs = sizes.filter((size) => size > 0 && size < Infinity).map(Math.log10);
  if (!logs.length) return [0.1, 10];
  const [low, high] = [Math.floor(Math.min(...logs)), Math.ceil(Math.max(...logs))];
  const more = Math.max(0, (2 - (high - low)) / 2);
  return [10 ** (low - Math.ceil(more)), 10 ** (high + Math.floor(more))];
}

/** Powers of ten between two numbers, at most about six of them. */
function powers(from, to) {
  const [low, high] = [Math.ceil(Math.log10(from) - 1e-9), Math.floor(Math.log10(to) + 1e-9)];
  const step = Math.max(1, Math.ceil((high - low) / 5));
  const kept = [];
  for (let k = low; k <= high; k += step) kept.push(Number(`1e${k}`));
  return kept;
}

/**
 * Axes of a plot of some width and height; lines and points go to `layer`.
 *
 * Options: x and y, each { range: [from, to], log, label, ticks }; title, the name of the picture.
 */
export function axes({ width = 340, height = 240, x, y, title }) {
  const [left, right, top, bottom] = [58, 14, 10, 36];
  const id = `lab-clip-${++clips}`;
  const inner = draw("g", { class: "lab-layer", "clip-path": `url(#${id})` });
  const window = draw("rect", {
    x: left,
    y: top,
    width: width - left - right,
    height: height - top - bottom,
  });
  const frame = draw("g", { class: "lab-axes" });
  const picture = draw(
    "svg",
    { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": title, class: "lab-plot" },
    draw("clipPath", { id }, window),
    frame,
    inner,
  );
  const made = { picture, layer: inner };
  made.rescale = (next) => {
    Object.assign(x, next.x);
    Object.assign(y, next.y);
    made.x = scale(x.range, [left, width - right], x.log, x.ticks);
    made.y = scale(y.range, [height - bottom, top], y.log, y.ticks);
    frame.replaceChildren(...rulers(made, { width, height, left, right, top, bottom, x, y }));
  };
  made.rescale({});
  return made;
}

function rulers(plot, { width, height, left, right, top, bottom, x, y }) {
  const [base, end] = [height - bottom, width - right];
  const text = (at, down, content, attributes) =>
    draw("text", { x: at, y: down, ...attributes }, content);
  return [
    ...plot.x.ticks.flatMap((value) => [
      draw("line", { x1: plot.x(value), x2: plot.x(value), y1: top, y2: base, class: "lab-grid" }),
      text(plot.x(value), base + 14, number(value, 12), { "text-anchor": "middle" }),
    ]),
    ...plot.y.ticks.flatMap((value) => [
      draw("line", { x1: left, x2: end, y1: plot.y(value), y2: plot.y(value), class: "lab-grid" }),
      text(left - 5, plot.y(value) + 4, number(value, 12), { "text-anchor": "end" }),
    ]),
    draw("path", { d: `M${left},${top}V${base}H${end}`, class: "lab-ruler" }),
    text((left + end) / 2, height - 4, x.label, { "text-anchor": "middle" }),
    text(11, (top + base) / 2, y.label, {
      "text-anchor": "middle",
      transform: `rotate(-90 11 ${(top + base) / 2})`,
    }),
  ];
}

/** The path of a line through points (x, y); what is not finite leaves a gap. */
export function line_path(plot, xs, ys) {
  let path = "";
  let pen = "M";
  for (let i = 0; i < xs.length; i++) {
    const [left, top] = [plot.x(xs[i]), plot.y(ys[i])];
    if (!Number.isFinite(left) || !Number.isFinite(top)) {
      pen = "M";
      continue;
    }
    path += `${pen}${clip(left).toFixed(1)},${clip(top).toFixed(1)}`;
    pen = "L";
  }
  return path;
}

/** Far outside of any picture, but short of what an SVG renderer can bear. */
function clip(pixel) {
  return Math.max(-5000, Math.min(5000, pixel));
}
