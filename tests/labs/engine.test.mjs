// The engine of the labs against what nnbook computes: fixtures.json, written by make_fixtures.py.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import * as engine from "../../src/labs/engine.js";

const fixtures = JSON.parse(readFileSync(new URL("fixtures.json", import.meta.url), "utf8"));
const GOLDEN = (Math.sqrt(5) - 1) / 2;

const close = (actual, expected, relative, floor = 0, what = "") => {
  assert.equal(actual.length, expected.length, what);
  for (let i = 0; i < expected.length; i++) {
    const limit = relative * Math.abs(expected[i]) + floor;
    assert.ok(
      Math.abs(actual[i] - expected[i]) <= limit,
      `${what} [${i}]: ${actual[i]} is not ${expected[i]}`,
    );
  }
};

const schedule = (name) => {
  const { schedules } = engine;
  if (name === "warmup") return schedules.warmup(20, schedules.cosine(0.1, 150, 0.01));
  return schedules[name](...fixtures.schedules[name]);
};

const optimizer = (name) => {
  const [kind, [rate, ...more], options] = fixtures.optimizers[name];
  const lr = typeof rate === "string" ? schedule(rate) : rate;
  return new engine[kind](lr, ...more, options);
};

/** The net of a case with the weights of the fixtures, and masks from multiples of the golden ratio. */
const build = (example, Float) => {
  const rng = new engine.Generator(0);
  const net = engine.mlp(fixtures.sizes, { ...example, rng, Float });
  let used = 0;
  for (const name in net.params)
    if (name.endsWith("weight")) {
      const weight = net.params[name];
      weight.set(fixtures.pool.slice(used, used + weight.length));
      used += weight.length;
    }
  for (const layer of net.layers)
    if (layer instanceof engine.Dropout) {
      let count = 0;
      layer.rng = { random: () => (++count * GOLDEN) % 1 };
    }
  return net;
};

const rowsOf = (step, Float) => {
  const { batch, x, labels, sizes } = fixtures;
  const rows = Array.from({ length: batch }, (_, i) => (batch * step + 5 * i) % labels.length);
  const inputs = rows.flatMap((row) => x.slice(row * sizes[0], (row + 1) * sizes[0]));
  return [Float.from(inputs), Uint8Array.from(rows, (row) => labels[row])];
};

const replay = (example, Float) => {
  const net = build(example, Float);
  const descent = optimizer(example.optimizer);
  const classes = fixtures.sizes.at(-1);
  const losses = [];
  for (let step = 0; step < fixtures.steps; step++) {
    const [x, labels] = rowsOf(step, Float);
    const { cross_entropy, loss_and_grads } = engine;
    losses.push(loss_and_grads(net, cross_entropy, x, labels, fixtures.batch, classes));
    descent.step(net.params, net.grads);
  }
  const scores = net.forward(Float.from(fixtures.x.slice(0, 3 * fixtures.sizes[0])), 3);
  return {
    losses: losses.filter((_, i) => i % fixtures.every === 0),
    scores: Array.from(scores.subarray(0, 3 * classes)),
  };
};

for (const [name, example] of Object.entries(fixtures.cases))
  test(`200 steps in float64: ${name}`, () => {
    const { losses, scores } = replay(example, Float64Array);
    close(losses, example.losses, 1e-12, 0, "loss");
    // Batch norm takes the bias before it away, so its gradient is rounding error, which Adam enlarges;
    // the running mean, used at inference, follows that bias late.
    close(scores, example.scores, 1e-6, 1e-9, "score at inference");
  });

test("float32 stays float32 and comes near", () => {
  const example = fixtures.cases["batch norm, relu, dropout, adam"];
  const { losses } = replay(example, Float32Array);
  close(losses, example.losses, 0.01, 0.01, "loss");
  const net = build(example, Float32Array);
  const [x] = rowsOf(0, Float32Array);
  assert.ok(net.forward(x, fixtures.batch, true) instanceof Float32Array);
});

for (const [name, pair] of Object.entries(fixtures.activations)) {
  if (name === "x") continue;
  const [kind, options] = [name.split(" ")[0], JSON.parse(name.slice(name.indexOf(" ")))];
  test(`activation ${name}`, () => {
    pair.forEach((expected, i) => {
      const f = engine.ACTIVATIONS[kind][i];
      const actual = fixtures.activations.x.map((x) => f(x, options));
      // Two terms cancel near the root of a slope; far out exp itself is known to some ulp only.
      close(actual, expected, 1e-13, 3e-16, f.name);
    });
  });
}

test("an activation of nan is nan, and of infinity its limit", () => {
  for (const [name, [f]] of Object.entries(engine.ACTIVATIONS)) {
    assert.ok(Number.isNaN(f(NaN)), name);
    const bounded = ["sigmoid", "tanh"].includes(name);
    assert.ok(bounded ? f(Infinity) === 1 : f(Infinity) > 1e300, name);
  }
});

for (const [name, expected] of Object.entries(fixtures.rates))
  test(`schedule ${name}`, () => {
    const rate = schedule(name);
    close(
      expected.map((_, i) => rate(7 * i)),
      expected,
      1e-14,
      1e-18,
    );
  });

test("there is a case for every activation, optimizer and schedule", () => {
  const names = Object.keys(fixtures.cases);
  for (const name in engine.ACTIVATIONS) assert.ok(names.includes(`activation ${name}`), name);
  const kinds = Object.values(fixtures.optimizers).map(([kind]) => kind);
  for (const kind of ["SGD", "AdaGrad", "RMSProp", "Adam"]) assert.ok(kinds.includes(kind));
  assert.deepEqual(Object.keys(fixtures.rates).sort(), Object.keys(engine.schedules).sort());
});
