// What a net says of each place of the plane, and the examples.

import { axes } from "./kit/plot.js";
import { raster } from "./kit/raster.js";
import { marks, marks_path } from "./kit/series.js";
import { CELLS, REACH } from "./points.js";

const SHADES = [[11, 99, 176], [200, 90, 0], [26, 140, 75]]; // prettier-ignore

/** A plot of it; `whose` names the net where there are several. */
export function territory(whose = "") {
  const axis = (label) => ({ range: [-REACH, REACH], label });
  const plot = axes({
    title: `Classes that the net predicts${whose}, with the examples`,
    height: 330,
    x: axis("first input"),
    y: axis(`second input${whose}`),
  });
  const ground = raster(plot, REACH, CELLS);
  const points = SHADES.map((_, i) => marks(plot, i));
  points.forEach((path) => path.setAttribute("class", "lab-examples"));
  const show = (map, { x, labels: of, n, classes }) => {
    plot.picture.style.display = map ? "" : "none";
    if (!map) return;
    ground.paint((_x, _y, cell) => shade(map, cell, classes));
    points.forEach((path, label) => {
      const own = Array.from({ length: n }, (_, i) => i).filter((i) => of[i] === label);
      const places = [0, 1].map((axis) => own.map((i) => x[2 * i + axis]));
      path.setAttribute("d", marks_path(plot, ...places, label));
    });
  };
  return { plot, show };
}

/** The color of the likeliest class, the stronger the surer. */
function shade(map, cell, classes) {
  let best = 0;
  for (let j = 1; j < classes; j++)
    if (map[cell * classes + j] > map[cell * classes + best]) best = j;
  const sure = (map[cell * classes + best] - 1 / classes) / (1 - 1 / classes);
  return [...SHADES[best], Number.isFinite(sure) ? 25 + 120 * sure : 0];
}
