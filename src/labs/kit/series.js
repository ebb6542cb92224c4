// Series of a plot, told apart by color, dashes and the shape of their marks.

import { element } from "./elements.js";
import { DASHES, draw } from "./plot.js";

const SIZE = 3;

/** The color of the i-th series. */
export const color = (i) => `var(--lab-${i + 1})`;

const stroke = (i) => ({ stroke: color(i), "stroke-dasharray": DASHES[i] });

/** A path for a line of the i-th series; `line_path` makes its d. */
export function line(plot, i, attributes = {}) {
  const path = draw("path", { ...stroke(i), ...attributes });
  plot.layer.append(path);
  return path;
}

/** A path for the marks of the i-th series; `marks_path` makes its d. */
export function marks(plot, i) {
  const path = draw("path", { fill: color(i), stroke: "none" });
  plot.layer.append(path);
  return path;
}

const SHAPES = [
  (x, y) => `M${x - SIZE},${y}a${SIZE},${SIZE} 0 1,0 ${2 * SIZE},0a${SIZE},${SIZE} 0 1,0 ${-2 * SIZE},0z`,
  (x, y) => `M${x - SIZE},${y - SIZE}h${2 * SIZE}v${2 * SIZE}h${-2 * SIZE}z`,
  (x, y) => `M${x},${y - SIZE - 1}l${SIZE + 1},${2 * SIZE + 1}h${-2 * (SIZE + 1)}z`,
]; // prettier-ignore

/** Marks at points (x, y): circles, squares or triangles; what is not finite is left out. */
export function marks_path(plot, xs, ys, i) {
  let path = "";
  for (let k = 0; k < xs.length; k++) {
    const [x, y] = [plot.x(xs[k]), plot.y(ys[k])];
    if (Number.isFinite(x) && Number.isFinite(y)) path += SHAPES[i](round(x), round(y));
  }
  return path;
}

/** A short piece of the line of the i-th series, for a legend. */
export function sample(i) {
  const piece = draw("path", { d: "M2,7H34", ...stroke(i), "stroke-width": 2.5 });
  return draw("svg", { viewBox: "0 0 36 14", "aria-hidden": "true" }, piece);
}

/** A line of text that says which line is what. */
export function key() {
  const list = element("p", { class: "lab-key" });
  const show = (names) =>
    list.replaceChildren(...names.flatMap((name, i) => [sample(i), ` ${name} `]));
  return { list, show };
}

function round(pixel) {
  return Math.round(10 * pixel) / 10;
}
