// A surface from above: bands of equal loss, light and dark in turn.

import { raster } from "./raster.js";

const CELLS = 170;
const BANDS_PER_DECADE = 3;

/** A picture behind the layer of a plot on [-reach, reach] squared; `paint(surface)` draws one. */
export function relief(plot, reach) {
  const ground = raster(plot, reach, CELLS);
  const paint = ({ loss, low }) =>
    ground.paint((x, y) => {
      const band = Math.floor(BANDS_PER_DECADE * Math.log10(loss(x, y) - low + 1e-4));
      return [128, 128, 128, band % 2 ? 55 : 15];
    });
  return { paint };
}
