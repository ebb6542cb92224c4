// A picture of small cells, on a canvas, behind the layer of a plot.

import { draw } from "./plot.js";

/** Cells by cells on [-reach, reach] squared; `paint(color)` asks color(x, y, cell) for [r, g, b, alpha]. */
export function raster(plot, reach, cells) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = cells;
  const [left, right] = [plot.x(-reach), plot.x(reach)];
  const [bottom, top] = [plot.y(-reach), plot.y(reach)];
  const image = draw("image", {
    x: left,
    y: top,
    width: right - left,
    height: bottom - top,
    preserveAspectRatio: "none",
  });
  plot.layer.before(image);
  const places = centers(reach, cells);
  const paint = (color) => {
    const context = canvas.getContext("2d");
    const picture = context.createImageData(cells, cells);
    places.forEach(([x, y], cell) => picture.data.set(color(x, y, cell), 4 * cell));
    context.putImageData(picture, 0, 0);
    image.setAttribute("href", canvas.toDataURL());
  };
  return { paint };
}

/** The middles of the cells, row after row from the top. */
export function centers(reach, cells) {
  const at = (k) => reach * ((2 * (k + 0.5)) / cells - 1);
  return Array.from({ length: cells * cells }, (_, k) => [
    at(k % cells),
    -at(Math.floor(k / cells)),
  ]);
}
