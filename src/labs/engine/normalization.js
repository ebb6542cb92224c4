// Normalization: y = gamma x_hat + beta, where x_hat has mean 0 and variance 1 along rows or columns.

import { Layer } from "./layers.js";
import { moments } from "./moments.js";

const EPS = 1e-5;

/** Mean and variance of each feature over the batch; running ones at inference (PyTorch's convention). */
export class BatchNorm extends Layer {
  constructor(features, { momentum = 0.1, eps = EPS, Float = Float64Array } = {}) {
    super();
    Object.assign(this, { features, momentum, eps, Float });
    this.add_param("gamma", 1, features, Float);
    this.add_param("beta", 0, features, Float);
    this.buffers = {
      running_mean: new Float(features),
      running_var: new Float(features).fill(1),
    };
    this.updates_buffers = true; // off: what happens if one forgets
  }

  forward(x, n, training = false) {
    const { features: d, eps } = this;
    const { gamma, beta } = this.params;
    const { running_mean, running_var } = this.buffers;
    this.x_hat = this.scratch("x_hat", n * d, this.Float);
    this.inv_std = this.scratch("inv_std", d, Float64Array);
    const y = this.scratch("y", n * d, this.Float);
    for (let j = 0; j < d; j++) {
      let mean = running_mean[j];
      let variance = running_var[j];
      if (training) {
        [mean, variance] = moments(x, j, d, n);
        if (this.updates_buffers) this.#move(j, mean, (variance * n) / (n - 1));
      }
      this.inv_std[j] = 1 / Math.sqrt(variance + eps);
      scale(x, j, d, n, mean, this.inv_std[j], this.x_hat);
      for (let i = j; i < n * d; i += d) y[i] = gamma[j] * this.x_hat[i] + beta[j];
    }
    Object.assign(this, { n, training });
    return y;
  }

  backward(dy) {
    const { x_hat, inv_std, n, features: d } = this;
    const { gamma } = this.params;
    const dx = this.scratch("dx", n * d, this.Float);
    for (let j = 0; j < d; j++) {
      const [sum, product] = sums(dy, x_hat, j, d, n);
      this.grads.beta[j] = sum;
      this.grads.gamma[j] = product;
      const [mean, slope] = this.training ? [sum / n, product / n] : [0, 0];
      for (let i = j; i < n * d; i += d)
        dx[i] = gamma[j] * inv_std[j] * (dy[i] - mean - x_hat[i] * slope);
    }
    return dx;
  }

  #move(j, mean, variance) {
    const { running_mean, running_var } = this.buffers;
    running_mean[j] += this.momentum * (mean - running_mean[j]);
    running_var[j] += this.momentum * (variance - running_var[j]);
  }
}

/** Mean and variance of each example over its features: the same in both modes. */
export class LayerNorm extends Layer {
  constructor(features, { eps = EPS, Float = Float64Array } = {}) {
    super();
    Object.assign(this, { features, eps, Float });
    this.add_param("gamma", 1, features, Float);
    this.add_param("beta", 0, features, Float);
  }

  forward(x, n) {
    const { features: d, eps } = this;
    const { gamma, beta } = this.params;
    this.x_hat = this.scratch("x_hat", n * d, this.Float);
    this.inv_std = this.scratch("inv_std", n, Float64Array);
    const y = this.scratch("y", n * d, this.Float);
    for (let i = 0; i < n; i++) {
      const [mean, variance] = moments(x, i * d, 1, d);
      this.inv_std[i] = 1 / Math.sqrt(variance + eps);
      scale(x, i * d, 1, d, mean, this.inv_std[i], this.x_hat);
      for (let j = 0; j < d; j++) y[i * d + j] = gamma[j] * this.x_hat[i * d + j] + beta[j];
    }
    this.n = n;
    return y;
  }

  backward(dy) {
    const { x_hat, inv_std, n, features: d } = this;
    const { gamma } = this.params;
    const dx = this.scratch("dx", n * d, this.Float);
    const dx_hat = this.scratch("dx_hat", n * d, this.Float);
    for (let i = 0; i < n * d; i++) dx_hat[i] = gamma[i % d] * dy[i];
    for (let i = 0; i < n; i++) {
      const [sum, product] = sums(dx_hat, x_hat, i * d, 1, d);
      for (let at = i * d; at < (i + 1) * d; at++)
        dx[at] = inv_std[i] * (dx_hat[at] - sum / d - (x_hat[at] * product) / d);
    }
    for (let j = 0; j < d; j++)
      [this.grads.beta[j], this.grads.gamma[j]] = sums(dy, x_hat, j, d, n);
    return dx;
  }
}

/** The same numbers less the mean, times the inverse of the standard deviation. */
function scale(x, start, stride, count, mean, inv_std, x_hat) {
  for (let m = 0, i = start; m < count; m++, i += stride) x_hat[i] = (x[i] - mean) * inv_std;
}

/** The sum of these numbers of dy, and of their products with x_hat. */
function sums(dy, x_hat, start, stride, count) {
  let sum = 0;
  let product = 0;
  for (let m = 0, i = start; m < count; m++, i += stride) {
    sum += dy[i];
    product += dy[i] * x_hat[i];
  }
  return [sum, product];
}
