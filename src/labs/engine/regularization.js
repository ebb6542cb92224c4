// Dropout: noise in training, nothing at inference.

import { Layer } from "./layers.js";

/** y = x mask / (1 - rate) in training, so that the mean stays (inverted dropout). */
export class Dropout extends Layer {
  constructor(rate, features, { rng, Float = Float64Array }) {
    super();
    Object.assign(this, { rate, features, rng: rng.spawn(), Float });
  }

  forward(x, n, training = false) {
    this.active = training && this.rate > 0;
    if (!this.active) return x;
    const size = n * this.features;
    this.size = size;
    this.mask = this.scratch("mask", size, this.Float);
    for (let i = 0; i < size; i++)
      this.mask[i] = this.rng.random() >= this.rate ? 1 / (1 - this.rate) : 0;
    return times(x, this.mask, size, this.scratch("y", size, this.Float));
  }

  backward(dy) {
    if (!this.active) return dy;
    return times(dy, this.mask, this.size, this.scratch("dx", this.size, this.Float));
  }
}

function times(a, b, size, out) {
  for (let i = 0; i < size; i++) out[i] = a[i] * b[i];
  return out;
}
