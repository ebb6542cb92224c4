// Activation functions of one number, each followed by its derivative, and the table of both.

import { erfcx } from "./special.js";

export const SELU_ALPHA = 1.6732632423543772;
export const SELU_SCALE = 1.0507009873554805;
const FAR = 40; // the tails are 0 from here on

export function sigmoid(x) {
  const e = Math.exp(-Math.abs(x)); // exp(-x) itself overflows from x = -710 on
  return (x < 0 ? e : 1) / (1 + e);
}

export function sigmoid_grad(x) {
  const e = Math.exp(-Math.abs(x));
  return e / (1 + e * (2 + e));
}

export function tanh(x) {
  return Math.tanh(x);
}

/** 4 sigmoid'(2x): 1 - tanh(x)^2 without its cancellation. */
export function tanh_grad(x) {
  return 4 * sigmoid_grad(2 * x);
}

export function relu(x) {
  return x > 0 ? x : 0 * x; // 0 * x keeps nan
}

export function relu_grad(x) {
  return x > 0 ? 1 : 0;
}

export function leaky_relu(x, { negative_slope = 0.01 } = {}) {
  return x > 0 ? x : negative_slope * x;
}

export function leaky_relu_grad(x, { negative_slope = 0.01 } = {}) {
  return x > 0 ? 1 : negative_slope;
}

export function elu(x, { alpha = 1 } = {}) {
  return x > 0 ? x : alpha * Math.expm1(x);
}

export function elu_grad(x, { alpha = 1 } = {}) {
  return x > 0 ? 1 : alpha * Math.exp(x);
}

export function selu(x) {
  return SELU_SCALE * (x > 0 ? x : SELU_ALPHA * Math.expm1(x));
}

export function selu_grad(x) {
  return SELU_SCALE * (x > 0 ? 1 : SELU_ALPHA * Math.exp(x));
}

/** x Phi(x): ReLU less a tail, so that no small value is the difference of large ones. */
export function gelu(x, { approximate = false } = {}) {
  const a = Math.min(Math.abs(x), FAR);
  const tail = approximate ? a * sigmoid(-logit(a)) : a * normal_tail(a);
  return (x > 0 ? x : 0 * x) - tail;
}

export function gelu_grad(x, { approximate = false } = {}) {
  const a = Math.min(Math.abs(x), FAR);
  const t = logit(a);
  const slope = approximate
    ? sigmoid(-t) - a * Math.sqrt(8 / Math.PI) * (1 + 3 * 0.044715 * a * a) * sigmoid_grad(t)
    : normal_tail(a) - (a * Math.exp((-a * a) / 2)) / Math.sqrt(2 * Math.PI);
  return x < 0 ? slope : 1 - slope;
}

/** x sigmoid(beta x). */
export function silu(x, { beta = 1 } = {}) {
  return x * sigmoid(beta * x);
}

export function silu_grad(x, { beta = 1 } = {}) {
  return sigmoid(beta * x) + beta * x * sigmoid_grad(beta * x);
}

export function softplus(x) {
  return (x > 0 ? x : 0 * x) + Math.log1p(Math.exp(-Math.abs(x)));
}

export const softplus_grad = sigmoid;

export const ACTIVATIONS = {
  sigmoid: [sigmoid, sigmoid_grad],
  tanh: [tanh, tanh_grad],
  relu: [relu, relu_grad],
  leaky_relu: [leaky_relu, leaky_relu_grad],
  elu: [elu, elu_grad],
  selu: [selu, selu_grad],
  gelu: [gelu, gelu_grad],
  silu: [silu, silu_grad],
  softplus: [softplus, softplus_grad],
};

/** The share of a standard normal above a. */
function normal_tail(a) {
  return (erfcx(a / Math.SQRT2) * Math.exp((-a * a) / 2)) / 2;
}

/** The t whose sigmoid stands in for Phi(a) (Hendrycks and Gimpel 2016). */
function logit(a) {
  return Math.sqrt(8 / Math.PI) * (a + 0.044715 * a * a * a);
}
