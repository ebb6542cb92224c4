// What the lab of dead units computes.

import assert from "node:assert/strict";
import { test } from "node:test";
import { settings } from "../../src/labs/dead-relu.js";
import { WIDTH, create } from "../../src/labs/dying.js";
import { starts } from "../../src/labs/kit/settings.js";

const run = (changes) => {
  const simulation = create({ ...starts(settings), ...changes });
  while (!simulation.done) simulation.step();
  return simulation.state();
};

test("units of the first layer never come back, those of the second do", () => {
  let back = 0;
  for (const seed of [1, 2, 3, 4]) {
    const [first, second] = run({ seed, rate: 2 }).layers;
    assert.equal(first.back, 0);
    back += second.back;
  }
  assert.ok(back > 0);
});

test("biases that are negative enough leave all units dead, and the loss at chance", () => {
  const { layers, loss } = run({ bias: -3, gain: 0.25, steps: 50 });
  assert.deepEqual([layers[0].dead.at(-1), layers[1].dead.at(-1)], [WIDTH, WIDTH]);
  assert.ok(Math.abs(loss - Math.log(2)) < 0.05);
});

test("the seed gives the run again, and each step is counted", () => {
  const dead = (seed) => run({ seed, steps: 80 }).layers.map((layer) => layer.dead);
  assert.deepEqual(dead(5), dead(5));
  assert.equal(dead(5)[0].length, 81);
  assert.notDeepEqual(dead(5), dead(6));
});
