// What theory expects of a deep stack of wide square layers, as nnbook.experiments.initialization.mean_field.

import { ACTIVATIONS } from "./engine/activations.js";

// Midpoints of cells that do not straddle 0, where ReLU has its kink, and the normal density at them.
const CELLS = 800;
const REACH = 8;
const Z = Float64Array.from({ length: CELLS }, (_, i) => REACH * ((2 * i + 1) / CELLS - 1));
const HEIGHTS = Z.map((z) => Math.exp((-z * z) / 2));
const TOTAL = HEIGHTS.reduce((sum, height) => sum + height, 0);

/** The mean square of g(z) for z from N(0, q). */
function mean_square(g, q) {
  const root = Math.sqrt(q);
  let sum = 0;
  for (let i = 0; i < CELLS; i++) sum += HEIGHTS[i] * g(root * Z[i]) ** 2;
  return sum / TOTAL;
}

/** Root mean squares of the outputs and of the gradients, those at the top layer being 1. */
export function expect(activation, sigma_w, depth) {
  const [f, f_grad] = ACTIVATIONS[activation];
  const outputs = [];
  const slopes = [];
  for (let layer = 0, q = sigma_w ** 2; layer < depth; layer++) {
    const square = mean_square(f, q);
    outputs.push(Math.sqrt(square));
    slopes.push(Math.sqrt(mean_square(f_grad, q)));
    q = sigma_w ** 2 * square;
  }
  const gradients = [1];
  for (let layer = depth - 2; layer >= 0; layer--)
    gradients.unshift(gradients[0] * sigma_w * slopes[layer]);
  return { outputs, gradients };
}
