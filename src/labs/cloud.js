// A cloud of points, what preprocessing makes of it, and gradient descent on the loss that it makes.

import { Generator } from "./engine/random.js";

const POINTS = 200;
const START = [-2, 1.5];
const LOST = 1e6; // times the loss at the start

export const TREATMENTS = {
  raw: "Raw",
  centered: "Centered",
  scaled: "Centered and scaled",
  decorrelated: "Decorrelated (PCA)",
  whitened: "Whitened",
  zca: "Whitened, turned back (ZCA)",
};

/** Points with exactly the mean, the standard deviations and the correlation of the settings. */
export function cloud({ mean_x, mean_y, std_x, std_y, correlation, seed }) {
  const rng = new Generator(seed);
  const drawn = Array.from({ length: POINTS }, () => [
    rng.standard_normal(),
    rng.standard_normal(),
  ]);
  const rest = Math.sqrt(1 - correlation ** 2);
  return treated(drawn, "whitened").map(([u, v]) => [
    mean_x + std_x * u,
    mean_y + std_y * (correlation * u + rest * v),
  ]);
}

/** Means, variances and the covariance of points, with 1 / N. */
export function statistics(points) {
  const mean = (f) => points.reduce((sum, point) => sum + f(point), 0) / points.length;
  const [a, b] = [mean(([x]) => x), mean(([, y]) => y)];
  return {
    mean: [a, b],
    variances: [mean(([x]) => (x - a) ** 2), mean(([, y]) => (y - b) ** 2)],
    covariance: mean(([x, y]) => (x - a) * (y - b)),
  };
}

/** The points after a treatment by name. */
export function treated(points, name) {
  if (name === "raw") return points;
  const { mean, variances, covariance } = statistics(points);
  const centered = points.map(([x, y]) => [x - mean[0], y - mean[1]]);
  if (name === "centered") return centered;
  const stds = variances.map(Math.sqrt);
  if (name === "scaled") return centered.map(([x, y]) => [x / stds[0], y / stds[1]]);
  const { values, directions } = eigen(variances[0], covariance, variances[1]);
  const turned = centered.map((point) => directions.map((u) => dot(point, u)));
  if (name === "decorrelated") return turned;
  const white = turned.map((point) => point.map((z, i) => z / Math.sqrt(values[i])));
  if (name === "whitened") return white;
  return white.map(([a, b]) => [0, 1].map((i) => a * directions[0][i] + b * directions[1][i]));
}

/** Eigenvalues, falling, and eigenvectors of the symmetric matrix [[a, b], [b, d]]. */
export function eigen(a, b, d) {
  const half = Math.hypot((a - d) / 2, b);
  const angle = Math.atan2(2 * b, a - d) / 2;
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  return { values: [(a + d) / 2 + half, (a + d) / 2 - half], directions: [signed([c, s]), signed([-s, c])] }; // prettier-ignore
}

/** An eigenvector has no sign of its own: the largest entry is made positive. */
function signed([x, y]) {
  const largest = Math.abs(x) >= Math.abs(y) ? x : y;
  return largest < 0 ? [-x, -y] : [x, y];
}

/** Gradient descent on half the mean squared error of a linear unit: the error of its two weights, step by step. */
export class Descent {
  /** `pace` is the learning rate in units of 1 / (the largest eigenvalue). */
  constructor(points, pace, steps) {
    const { mean, variances, covariance } = statistics(points);
    this.hessian = [
      variances[0] + mean[0] ** 2,
      covariance + mean[0] * mean[1],
      variances[1] + mean[1] ** 2,
    ];
    const [largest, smallest] = eigen(...this.hessian).values;
    Object.assign(this, { largest, pace, steps, condition: largest / smallest, diverged: null });
    this.path = [START];
    this.left = [1];
  }

  get done() {
    return this.diverged !== null || this.left.length > this.steps;
  }

  /** Half of the square of the error, weighed by the Hessian: the loss above its least. */
  loss([x, y]) {
    const [a, b, d] = this.hessian;
    return (a * x * x + 2 * b * x * y + d * y * y) / 2;
  }

  step() {
    if (this.done) return;
    const [a, b, d] = this.hessian;
    const [x, y] = this.path.at(-1);
    const rate = this.pace / this.largest;
    const next = [x - rate * (a * x + b * y), y - rate * (b * x + d * y)];
    const share = this.loss(next) / this.loss(START);
    if (share > LOST) this.diverged = this.left.length;
    else {
      this.path.push(next);
      this.left.push(share);
    }
  }
}

function dot(point, direction) {
  return point[0] * direction[0] + point[1] * direction[1];
}
