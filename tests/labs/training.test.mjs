// What the playground computes: equal settings give equal runs, and what must hold of its measures.

import assert from "node:assert/strict";
import { test } from "node:test";
import { starts } from "../../src/labs/kit/settings.js";
import { settings } from "../../src/labs/playground.js";
import { CELLS, examples } from "../../src/labs/points.js";
import { create } from "../../src/labs/training.js";

const start = starts(settings);
const run = (changes, steps = 60) => {
  const simulation = create({ ...start, ...changes });
  for (let step = 0; step < steps && !simulation.done; step++) simulation.step();
  return simulation.state();
};

test("equal settings give equal nets, step by step, and another seed others", () => {
  const options = { a_norm: "layer", a_dropout: 0.2, a_schedule: "cosine", a_decay: "0.01" };
  const same = Object.entries(options).map(([name, value]) => [`b${name.slice(1)}`, value]);
  const { nets } = run({ ...options, ...Object.fromEntries(same) });
  assert.deepEqual(nets[0], nets[1]);
  assert.notDeepEqual(run({ ...options, seed: 2 }).nets[0].checks, nets[0].checks);
});

test("examples have mean 0 and standard deviation 1, and new ones are new", () => {
  for (const data of ["spiral", "moons", "blobs"]) {
    const [training, fresh] = examples({ ...start, data });
    for (const { x, n } of [training, fresh])
      for (const axis of [0, 1]) {
        const values = x.filter((_, at) => at % 2 === axis);
        const sum = (f) => values.reduce((total, value) => total + f(value), 0) / n;
        assert.ok(Math.abs(sum((v) => v)) < 1e-12); // prettier-ignore
        assert.ok(Math.abs(sum((v) => v * v) - 1) < 1e-12);
      }
    assert.notDeepEqual(training.x, fresh.x);
    // No batch of one, which batch norm could not bear.
    for (let size = 2; size <= 64; size++) assert.notEqual(training.n % size, 1);
  }
});

test("every setting of a net trains, and its map has probabilities", () => {
  for (const name of ["activation", "start", "norm", "optimizer", "schedule"])
    for (const value of Object.keys(settings[`a_${name}`].of)) {
      const { nets } = run({ [`a_${name}`]: value, a_rate: 0.01, both: false }, 20);
      const [{ map, checks, diverged, moved }] = nets;
      assert.equal(nets.length, 1);
      if (diverged !== null) continue;
      assert.equal(map.length, 3 * CELLS ** 2);
      for (let cell = 0; cell < map.length; cell += 300)
        assert.ok(Math.abs(map[cell] + map[cell + 1] + map[cell + 2] - 1) < 1e-6, value);
      assert.equal(checks.steps.at(-1), 20);
      assert.equal(moved.length, 4);
    }
});

test("a net that diverges says when, and stays where it is", () => {
  const { nets } = run(
    { a_rate: 10, a_optimizer: "momentum", a_activation: "elu", a_start: "large" },
    400,
  );
  assert.ok(nets[0].diverged > 0);
  assert.equal(nets[1].diverged, null);
});
