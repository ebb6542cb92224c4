// Ways to start a net, by name: what the reader sees, and the weights.

import {
  constant,
  kaiming_normal,
  lecun_normal,
  lsuv,
  normal,
  orthogonal,
  xavier_normal,
} from "./engine/initializers.js";
import { mlp } from "./engine/models.js";

export const STARTS = {
  zero: "Zero",
  constant: "Constant 0.1",
  small: "Normal, std 0.01",
  large: "Normal, std 1",
  lecun: "LeCun",
  xavier: "Xavier",
  he: "He",
  orthogonal: "Orthogonal",
  lsuv: "LSUV",
};

const WEIGHTS = {
  zero: constant,
  constant: (fan_in, fan_out, rng) => constant(fan_in, fan_out, rng, { value: 0.1 }),
  small: normal,
  large: (fan_in, fan_out, rng) => normal(fan_in, fan_out, rng, { std: 1 }),
  lecun: lecun_normal,
  xavier: xavier_normal,
  he: kaiming_normal,
  orthogonal,
  lsuv: lecun_normal,
};

/** A net whose weights start as a scheme says, times a gain; LSUV then scales them by the examples. */
export function started(sizes, scheme, gain, { x, n }, options) {
  const init = (...fans) => WEIGHTS[scheme](...fans).map((weight) => gain * weight);
  const net = mlp(sizes, { ...options, init });
  if (scheme === "lsuv") lsuv(net, x, n);
  return net;
}

/** The standard deviation of a scheme's weights times the root of the fan-in, in a square layer. */
export function weight_scale(scheme, gain, width) {
  const root = Math.sqrt(width);
  const scales = { small: 0.01 * root, large: root, lecun: 1, xavier: 1, he: Math.SQRT2, orthogonal: 1 }; // prettier-ignore
  return scales[scheme] * gain;
}
