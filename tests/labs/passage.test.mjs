// What the lab of activations computes, on cases with known answers.

import assert from "node:assert/strict";
import { test } from "node:test";
import { density, inputs, moments } from "../../src/labs/passage.js";

const near = (a, b, limit = 1e-3) => assert.ok(Math.abs(a - b) < limit, `${a} is not ${b}`);
const normal = inputs({ shape: "normal", mean: 0, std: 1 });

test("probabilities add up to 1, and the inputs have their moments", () => {
  for (const shape of ["normal", "uniform"]) {
    const { x, p } = inputs({ shape, mean: 1.5, std: 0.7 });
    const sum = (f) => p.reduce((total, share, i) => total + share * f(x[i]), 0);
    near(sum(() => 1), 1, 1e-6); // prettier-ignore
    near(
      sum((value) => value),
      1.5,
      1e-6,
    );
    near(
      sum((value) => (value - 1.5) ** 2),
      0.49,
      1e-5,
    );
  }
});

test("relu keeps half of the square of a normal, and its mean is 1 / sqrt(2 pi)", () => {
  const { mean, std, saturated, slope_square } = moments("relu", {}, normal);
  near(mean, 1 / Math.sqrt(2 * Math.PI), 1e-5);
  near(std ** 2 + mean ** 2, 0.5, 1e-5);
  near(saturated, 0.5, 1e-6);
  near(slope_square, 0.5, 1e-6);
});

test("selu keeps mean 0 and variance 1", () => {
  const { mean, std } = moments("selu", {}, normal);
  near(mean, 0, 1e-5);
  near(std, 1, 1e-5);
});

test("a leaky slope of 0 is relu, and of 1/2 leaves 5/8 of the square", () => {
  const { mean, std } = moments("leaky_relu", { negative_slope: 0.5 }, normal);
  near(std ** 2 + mean ** 2, 0.625, 1e-5);
});

test("a density has area 1 where all of it is in the frame, and a mass in one bin where f is flat", () => {
  const tanh = density(Math.tanh, normal, -1.5, 1.5, 60);
  near(tanh.reduce((sum, height) => sum + height * 0.05, 0), 1, 1e-6); // prettier-ignore
  const relu = density((x) => Math.max(x, 0), normal, -1, 9, 100);
  near(relu[10] * 0.1, 0.5 + 0.03983, 1e-3); // P(x < 0.1)
  assert.equal(relu[9], 0);
  const smooth = density((x) => x, normal, -5, 5, 100);
  for (let bin = 1; bin < 50; bin++) assert.ok(smooth[bin] > smooth[bin - 1]);
});
