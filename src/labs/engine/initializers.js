// Initial weights: functions (fan_in, fan_out, rng, options) -> flat array of shape (fan_in, fan_out).

import { moments } from "./moments.js";

const filled = (size, draw) => Float64Array.from({ length: size }, draw);

export function constant(fan_in, fan_out, rng, { value = 0 } = {}) {
  return new Float64Array(fan_in * fan_out).fill(value);
}

/** A fixed standard deviation, whatever the fan-in. */
export function normal(fan_in, fan_out, rng, { std = 0.01 } = {}) {
  return filled(fan_in * fan_out, () => std * rng.standard_normal());
}

/** Mean 0 and variance scale / n, with n chosen by `mode`. */
export function variance_scaling(
  fan_in,
  fan_out,
  rng,
  { scale = 1, mode = "fan_in", distribution = "normal" } = {},
) {
  const n = { fan_in, fan_out, fan_avg: (fan_in + fan_out) / 2 }[mode];
  const std = Math.sqrt(scale / n);
  const edge = Math.sqrt(3) * std;
  const draw =
    distribution === "uniform" ? () => rng.uniform(-edge, edge) : () => std * rng.standard_normal();
  return filled(fan_in * fan_out, draw);
}

export function lecun_normal(fan_in, fan_out, rng) {
  return variance_scaling(fan_in, fan_out, rng);
}

export function xavier_normal(fan_in, fan_out, rng) {
  return variance_scaling(fan_in, fan_out, rng, { mode: "fan_avg" });
}

export function xavier_uniform(fan_in, fan_out, rng) {
  return variance_scaling(fan_in, fan_out, rng, { mode: "fan_avg", distribution: "uniform" });
}

export function kaiming_normal(fan_in, fan_out, rng) {
  return variance_scaling(fan_in, fan_out, rng, { scale: 2 });
}

export function kaiming_uniform(fan_in, fan_out, rng) {
  return variance_scaling(fan_in, fan_out, rng, { scale: 2, distribution: "uniform" });
}

/** Orthonormal columns, or rows if there are fewer rows: Gram and Schmidt, twice, on normal vectors. */
export function orthogonal(fan_in, fan_out, rng, { gain = 1 } = {}) {
  const small = Math.min(fan_in, fan_out);
  const large = Math.max(fan_in, fan_out);
  const vectors = [];
  while (vectors.length < small) {
    const v = filled(large, () => rng.standard_normal());
    for (let pass = 0; pass < 2; pass++) vectors.forEach((u) => add(v, u, -dot(u, v)));
    const length = Math.sqrt(dot(v, v));
    vectors.push(v.map((entry) => entry / length));
  }
  const tall = fan_in >= fan_out;
  return filled(fan_in * fan_out, (_, at) => {
    const [i, j] = [Math.floor(at / fan_out), at % fan_out];
    return gain * (tall ? vectors[j][i] : vectors[i][j]);
  });
}

/** Each unit is connected to k inputs (Martens 2010); weights of variance scale / k. */
export function sparse(fan_in, fan_out, rng, { k = 10, scale = 1 } = {}) {
  const weight = new Float64Array(fan_in * fan_out);
  for (let j = 0; j < fan_out; j++)
    for (const i of rng.permutation(fan_in).subarray(0, k))
      weight[i * fan_out + j] = Math.sqrt(scale / k) * rng.standard_normal();
  return weight;
}

/**
 * Layer-sequential unit variance (Mishkin and Matas 2015): scale each weight in place until its layer's
 * outputs on a batch of n rows have variance 1. Where they have none, the weights stay.
 */
export function lsuv(model, x, n, { tolerance = 0.01, attempts = 10 } = {}) {
  for (const layer of model.layers) {
    for (let i = 0; i < attempts && "weight" in layer.params; i++) {
      const outputs = layer.forward(x, n, false);
      const [, spread] = moments(outputs, 0, 1, n * layer.out_features);
      if (!(spread > 0 && spread < Infinity) || Math.abs(spread - 1) <= tolerance) break;
      const { weight } = layer.params;
      for (let j = 0; j < weight.length; j++) weight[j] /= Math.sqrt(spread);
    }
    x = layer.forward(x, n, false);
  }
}

function dot(u, v) {
  let sum = 0;
  for (let i = 0; i < u.length; i++) sum += u[i] * v[i];
  return sum;
}

function add(v, u, factor) {
  for (let i = 0; i < v.length; i++) v[i] += factor * u[i];
}
