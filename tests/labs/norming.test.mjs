// What the lab of batch norm computes: batches, and the mistakes that it lets the reader make.

import assert from "node:assert/strict";
import { test } from "node:test";
import { settings } from "../../src/labs/batchnorm.js";
import { Generator } from "../../src/labs/engine/random.js";
import { starts } from "../../src/labs/kit/settings.js";
import { create, gathered, parts } from "../../src/labs/norming.js";
import { examples } from "../../src/labs/points.js";

const run = (changes) => {
  const simulation = create({ ...starts(settings), ...changes });
  while (!simulation.done) simulation.step();
  const { running, batch, training } = simulation.state().checks;
  return { running: running.at(-1), batch: batch.at(-1), training: training.at(-1) };
};

test("batches have each example once, at least two, and of one class where that is asked for", () => {
  const [data] = examples({ data: "spiral", noise: 0.2, seed: 1 });
  for (const order of ["mixed", "alike"])
    for (let size = 2; size <= 64; size++) {
      const all = [...parts(data, size, order, new Generator(2))];
      assert.deepEqual(
        all.flatMap((rows) => [...rows]).sort((a, b) => a - b),
        [...Array(data.n).keys()],
      );
      for (const rows of all) {
        assert.ok(rows.length >= 2);
        if (order === "alike") assert.equal(new Set(gathered(data, rows).labels).size, 1);
      }
    }
});

test("the mistakes cost what the chapter says: company at test, old statistics, batches alike", () => {
  const healthy = run({});
  assert.ok(healthy.running > 0.85);
  assert.ok(run({ test_batch: 1 }).batch < 0.4);
  assert.ok(run({ test_batch: 32, test_order: "alike" }).batch < 0.5);
  const forgotten = run({ updated: false });
  assert.equal(forgotten.training, healthy.training);
  assert.ok(forgotten.running < 0.6);
  assert.ok(run({ order: "alike" }).running < 0.6);
});

test("a look at the test statistics leaves the running ones as they are", () => {
  const looked = run({ test_batch: 5 });
  assert.equal(looked.running, run({ test_batch: 60 }).running);
});
