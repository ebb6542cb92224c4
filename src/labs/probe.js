// What goes on inside a net on some examples: outputs, gradients and dead units, layer by layer.

import { Activate } from "./engine/layers.js";
import { cross_entropy } from "./engine/losses.js";

/**
 * For each activation layer, its outputs, and the gradient of one example's loss at its inputs.
 *
 * The arrays are the layers' own buffers: they hold until the net is used again.
 */
export function probe(net, { x, labels, n, classes }, training = false) {
  const layers = [];
  let values = x;
  for (const layer of net.layers) {
    values = layer.forward(values, n, training);
    if (layer instanceof Activate)
      layers.push({ outputs: values.subarray(0, n * layer.features), features: layer.features });
  }
  const scores = values;
  let dy = new Float64Array(n * classes);
  const loss = cross_entropy(scores, labels, n, classes, dy);
  for (let i = dy.length - 1; i >= 0; i--) dy[i] *= n; // of one example, not of their mean
  for (let i = net.layers.length - 1, at = layers.length; at > 0; i--) {
    dy = net.layers[i].backward(dy, true);
    if (!(net.layers[i] instanceof Activate)) continue;
    at -= 1;
    layers[at].gradients = dy.subarray(0, n * layers[at].features);
  }
  return { layers, loss, scores };
}

/** The root of the mean square of all entries. */
export function rms(values) {
  let sum = 0;
  for (const value of values) sum += value * value;
  return Math.sqrt(sum / values.length);
}

/** The share of the units, columns of n rows, that are 0 on each row. */
export function dead_fraction(outputs, features) {
  const alive = new Uint8Array(features);
  for (let i = 0; i < outputs.length; i++) if (outputs[i] !== 0) alive[i % features] = 1;
  return 1 - alive.reduce((sum, one) => sum + one, 0) / features;
}

/** How many values are in each of some equal bins; zeros, as ReLU makes them, and what lies outside are in none. */
export function histogram(values, [from, to], bins) {
  const counts = new Float64Array(bins);
  const per_bin = bins / (to - from);
  for (const value of values) {
    const bin = Math.floor((value - from) * per_bin);
    if (value !== 0 && bin >= 0 && bin < bins) counts[bin] += 1;
  }
  return counts;
}
