// What the lab of initialization computes: theory on cases with known answers, and nets beside it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { settings } from "../../src/labs/initialization.js";
import { starts } from "../../src/labs/kit/settings.js";
import { expect } from "../../src/labs/mean_field.js";
import { dead_fraction, histogram, rms } from "../../src/labs/probe.js";
import { create } from "../../src/labs/stack.js";

const near = (a, b, limit) => assert.ok(Math.abs(a / b - 1) < limit, `${a} is not ${b}`);
const arms = (changes, steps = 0) => {
  const simulation = create({ ...starts(settings), ...changes });
  for (let step = 0; step < steps && !simulation.done; step++) simulation.step();
  return simulation.state().arms;
};

test("theory keeps ReLU behind He, and halves its square behind LeCun", () => {
  for (const [sigma_w, factor] of [[Math.SQRT2, 1], [1, Math.SQRT1_2]]) {
    const { outputs, gradients } = expect("relu", sigma_w, 10);
    near(outputs[9] / outputs[0], factor ** 9, 1e-4);
    near(gradients[0], factor ** 9, 1e-4);
  }
}); // prettier-ignore

test("nets are near to what theory expects, on average over seeds", () => {
  for (const activation of ["tanh", "relu", "gelu"]) {
    const found = [1, 2, 3, 4, 5, 6].map(
      (seed) => arms({ activation, width: 64, depth: 8, seed, second: "none" })[0],
    );
    const { outputs, gradients } = found[0].expected;
    const mean = (f) => Math.exp(found.reduce((sum, arm) => sum + Math.log(f(arm)), 0) / 6);
    near(mean((arm) => arm.outputs[7]), outputs[7], 0.2); // prettier-ignore
    near(mean((arm) => arm.gradients[0] / arm.gradients[7]), gradients[0], 0.2); // prettier-ignore
  }
});

test("a seed gives the same run again, another seed another, and both nets draw the same", () => {
  const run = (seed) => arms({ seed }, 5)[0].losses;
  assert.deepEqual(run(3), run(3));
  assert.notDeepEqual(run(3), run(4));
  const [he, lecun] = arms({});
  assert.deepEqual(he.dead, lecun.dead);
});

test("units that start equal stay equal, and a net of zeros passes on nothing", () => {
  const [equal, zero] = arms({ first: "constant", second: "zero", activation: "tanh" }, 20);
  // Each example has the same output in all 32 units.
  for (const bins of equal.output_bins) bins.forEach((count) => assert.equal(count % 32, 0));
  assert.deepEqual([...zero.outputs, ...zero.gradients], Array(24).fill(0));
});

test("LSUV gives every layer outputs of the same size, whatever the gain", () => {
  const [, lsuv] = arms({ second: "lsuv", gain: 0.3 });
  for (const size of lsuv.outputs) assert.ok(size > 0.5 && size < 1.1, `${size}`);
});

test("a net that diverges says at which step, and the other goes on", () => {
  const [large, he] = arms({ first: "large", second: "he", width: 64, depth: 20 }, 60);
  assert.ok(large.diverged >= 1 && large.losses.length === large.diverged - 1);
  assert.equal(he.diverged, null);
  assert.equal(he.losses.length, 60);
});

test("the measures of a layer", () => {
  const outputs = Float64Array.of(0, 3, 0, 4);
  near(rms(outputs), 2.5, 1e-12);
  assert.equal(dead_fraction(outputs, 2), 0.5);
  assert.deepEqual([...histogram([-1, 0, 0.5, 1, 2.5], [-2, 2], 4)], [0, 1, 1, 1]);
});
