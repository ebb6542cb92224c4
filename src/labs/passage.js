// What an activation function makes of a distribution of inputs, by sums over a fine grid: no chance.

import { ACTIVATIONS } from "./engine/activations.js";

const CELLS = 4000;
const TAIL = 8; // standard deviations of the normal that are summed over
const SATURATED = 0.05; // of the largest slope: the book's definition

/** Cells of a grid over the inputs: their middles, their width, their probabilities, and the density. */
export function inputs({ shape, mean, std }) {
  const half = shape === "normal" ? TAIL * std : Math.sqrt(3) * std;
  const at = (i) => mean + half * ((2 * i + 1) / CELLS - 1);
  const x = Float64Array.from({ length: CELLS }, (_, i) => at(i));
  const width = (2 * half) / CELLS;
  const normal = (z) => Math.exp((-z * z) / 2) / (std * Math.sqrt(2 * Math.PI));
  const uniform = (z) => (Math.abs(z) <= Math.sqrt(3) ? 1 / (2 * half) : 0);
  const curve = (value) => (shape === "normal" ? normal : uniform)((value - mean) / std);
  return { x, width, p: x.map((value) => curve(value) * width), density: curve };
}

/** The options of a function that has a parameter. */
export function options_of(name, { negative_slope, alpha, beta }) {
  return { leaky_relu: { negative_slope }, elu: { alpha }, silu: { beta } }[name] ?? {};
}

/** Mean, standard deviation, share of saturated inputs and mean square of the slope, after the function. */
export function moments(name, options, { x, p }) {
  const [f, f_grad] = ACTIVATIONS[name];
  const steepest = largest_slope(f_grad, options);
  let [mean, square, saturated, slope_square] = [0, 0, 0, 0];
  x.forEach((value, i) => {
    const [y, slope] = [f(value, options), f_grad(value, options)];
    mean += p[i] * y;
    square += p[i] * y * y;
    slope_square += p[i] * slope * slope;
    if (Math.abs(slope) < SATURATED * steepest) saturated += p[i];
  });
  return { mean, std: Math.sqrt(Math.max(0, square - mean * mean)), saturated, slope_square };
}

/** The density of f(x) in so many bins between two values; what lies outside is in no bin. */
export function density(f, { x, width, p }, from, to, bins) {
  const heights = new Float64Array(bins);
  const per_bin = bins / (to - from);
  x.forEach((value, i) => {
    const ends = [f(value - width / 2), f(value + width / 2)].map((y) => (y - from) * per_bin);
    spread(heights, Math.min(...ends), Math.max(...ends), p[i] * per_bin);
  });
  return heights;
}

/** Spread a mass evenly over the bins between two places, or put it into the one bin that holds both. */
function spread(heights, low, high, mass) {
  const last = Math.min(heights.length - 1, Math.floor(high));
  for (let bin = Math.max(0, Math.floor(low)); bin <= last; bin++) {
    const share = Math.min(high, bin + 1) - Math.max(low, bin);
    heights[bin] += high > low ? (mass * share) / (high - low) : mass;
  }
}

function largest_slope(f_grad, options) {
  let largest = 0;
  for (let x = -10; x <= 10; x += 0.01) largest = Math.max(largest, Math.abs(f_grad(x, options)));
  return largest;
}
