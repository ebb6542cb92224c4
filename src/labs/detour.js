// Descent of one linear unit with two weights toward its target, on inputs that are centered or positive.

import { Generator } from "./engine/random.js";

export const NEAR = 0.05;
const LOST = 1e6;

/** Settings by name, as the lab's: target_x, target_y, shift, batch, rate, steps, seed. */
export class Detour {
  constructor({ target_x, target_y, shift, batch, rate, steps, seed }) {
    this.rng = new Generator(seed);
    Object.assign(this, { target: [target_x, target_y], shift, batch, rate, steps });
    this.path = [[0, 0]];
    this.distances = [this.#distance([0, 0])];
    this.length = 0;
    this.one_signed = 0; // steps in which both weights rose, or both fell
    this.diverged = null;
  }

  /** Whether every input is positive, and so each single step has one sign. */
  get positive() {
    return this.shift >= 0.5;
  }

  get taken() {
    return this.path.length - 1;
  }

  get arrived() {
    return this.distances.at(-1) < NEAR;
  }

  get done() {
    return this.arrived || this.diverged !== null || this.taken >= this.steps;
  }

  /** The path over the straight line from its start to where it is. */
  get detour() {
    return this.length / Math.hypot(...this.path.at(-1));
  }

  /** One update: the mean over the batch of error times input, times the rate. */
  step() {
    if (this.done) return;
    const w = this.path.at(-1);
    const step = [0, 0];
    for (let k = 0; k < this.batch; k++) {
      const x = this.inputs();
      const error = (w[0] - this.target[0]) * x[0] + (w[1] - this.target[1]) * x[1];
      for (const i of [0, 1]) step[i] -= (this.rate * error * x[i]) / this.batch;
    }
    const next = [w[0] + step[0], w[1] + step[1]];
    const distance = this.#distance(next);
    if (!(distance < LOST)) {
      this.diverged = this.path.length;
      return;
    }
    this.path.push(next);
    this.distances.push(distance);
    this.length += Math.hypot(...step);
    this.one_signed += step[0] * step[1] > 0 ? 1 : 0;
  }

  /** An example: two numbers, uniform around the shift. */
  inputs() {
    return [0, 1].map(() => this.shift + this.rng.uniform(-0.5, 0.5));
  }

  #distance([a, b]) {
    return Math.hypot(a - this.target[0], b - this.target[1]);
  }
}
