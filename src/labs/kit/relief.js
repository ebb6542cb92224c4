// A surface from above: bands of equal loss, light and dark in turn, on a canvas behind a plot.

import { draw } from "./plot.js";

const CELLS = 170;
const BANDS_PER_DECADE = 3;

/** A picture behind the layer of a plot on [-reach, reach] squared; `paint(surface)` draws one. */
export function relief(plot, reach) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = CELLS;
  const [left, right] = [plot.x(-reach), plot.x(reach)];
  const [bottom, top] = [plot.y(-reach), plot.y(reach)];
  const image = draw("image", {
    x: left,
    y: top,
    width: right - left,
    height: bottom - top,
    preserveAspectRatio: "none",
    class: "lab-relief",
  });
  plot.layer.before(image);
  const paint = ({ loss, low }) => {
    const context = canvas.getContext("2d");
    const picture = context.createImageData(CELLS, CELLS);
    for (let row = 0, at = 0; row < CELLS; row++)
      for (let column = 0; column < CELLS; column++, at += 4) {
        const x = reach * ((2 * (column + 0.5)) / CELLS - 1);
        const y = reach * (1 - (2 * (row + 0.5)) / CELLS);
        const band = Math.floor(BANDS_PER_DECADE * Math.log10(loss(x, y) - low + 1e-4));
        picture.data.set([128, 128, 128, band % 2 ? 55 : 15], at);
      }
    context.putImageData(picture, 0, 0);
    image.setAttribute("href", canvas.toDataURL());
  };
  return { paint };
}
