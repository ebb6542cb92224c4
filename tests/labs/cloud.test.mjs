// What the lab of whitening computes, on cases with known answers.

import assert from "node:assert/strict";
import { test } from "node:test";
import { TREATMENTS, Descent, cloud, eigen, statistics, treated } from "../../src/labs/cloud.js";

const SHAPE = { mean_x: 2, mean_y: -1, std_x: 3, std_y: 0.5, correlation: -0.6, seed: 4 };
const near = (a, b, limit = 1e-9) => assert.ok(Math.abs(a - b) < limit, `${a} is not ${b}`);

test("the cloud has exactly the moments that were asked for", () => {
  const { mean, variances, covariance } = statistics(cloud(SHAPE));
  near(mean[0], 2);
  near(mean[1], -1);
  near(variances[0], 9);
  near(variances[1], 0.25);
  near(covariance, -0.6 * 3 * 0.5);
});

test("each treatment does what its name says", () => {
  const points = cloud(SHAPE);
  for (const name of Object.keys(TREATMENTS).slice(1)) {
    const { mean, variances, covariance } = statistics(treated(points, name));
    near(mean[0], 0);
    near(mean[1], 0);
    if (name === "scaled") near(covariance, -0.6);
    if (["decorrelated", "whitened", "zca"].includes(name)) near(covariance, 0);
    if (["scaled", "whitened", "zca"].includes(name)) variances.forEach((v) => near(v, 1));
  }
});

test("eigenvectors are those of the matrix, the larger value first, the largest entry positive", () => {
  for (const [a, b, d] of [[3, 1, 2], [1, -0.7, 1], [2, 0, 5], [1, 0, 1]]) {
    const { values, directions } = eigen(a, b, d);
    assert.ok(values[0] >= values[1]);
    directions.forEach(([x, y], i) => {
      near(a * x + b * y, values[i] * x);
      near(b * x + d * y, values[i] * y);
      assert.ok(Math.abs(x) >= Math.abs(y) - 1e-9 ? x > 0 : y > 0);
    });
  }
}); // prettier-ignore

test("whitened data need one step, and twice the rate of the steepest direction is too much", () => {
  const white = treated(cloud(SHAPE), "whitened");
  const once = new Descent(white, 1, 50);
  once.step();
  near(once.left[1], 0);
  near(once.condition, 1);
  const wild = new Descent(cloud(SHAPE), 2.2, 300);
  while (!wild.done) wild.step();
  assert.ok(wild.diverged > 1 && wild.left.length === wild.diverged);
});
