// Examples in the plane, and the cells in which the labs show what a net says of it.

import { blobs, moons, spiral } from "./engine/datasets.js";
import { Generator } from "./engine/random.js";
import { centers } from "./kit/raster.js";
import { rms } from "./probe.js";

export const [REACH, CELLS] = [2.6, 50];
export const GRID = Float64Array.from(centers(REACH, CELLS).flat());
const CLOUDS = [[-2, -1], [2, -1], [0, 2]]; // prettier-ignore

// So many points that no batch of an epoch has a single one, which batch norm could not bear.
const DATA = {
  spiral: (rng, noise) => spiral(64, rng, { noise }),
  moons: (rng, noise) => moons(90, rng, { noise }),
  blobs: (rng, noise) => blobs(64, rng, { centers: CLOUDS, std: 0.5 + 2 * noise }),
};

/** Examples to learn from, and as many new ones. */
export function examples({ data, noise, seed }) {
  const rng = new Generator(seed);
  return [standardized(DATA[data](rng, noise)), standardized(DATA[data](rng, noise))];
}

/** Each coordinate with mean 0 and standard deviation 1. */
function standardized({ x, n, ...rest }) {
  const moved = Float64Array.from(x);
  for (const axis of [0, 1]) {
    const values = x.filter((_, at) => at % 2 === axis);
    const mean = values.reduce((sum, value) => sum + value, 0) / n;
    const std = rms(values.map((value) => value - mean));
    values.forEach((value, i) => (moved[2 * i + axis] = (value - mean) / std));
  }
  return { x: moved, n, ...rest };
}
