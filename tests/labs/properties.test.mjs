// What must hold of the engine whatever nnbook says: randomness, initial weights, data sets, gradients.

import assert from "node:assert/strict";
import { test } from "node:test";
import * as engine from "../../src/labs/engine.js";

const { Generator } = engine;
const draw = (n, f) => Array.from({ length: n }, f);
const mean = (values) => values.reduce((a, b) => a + b, 0) / values.length;
const std = (values) => {
  const middle = mean(values);
  return Math.sqrt(mean(values.map((v) => (v - middle) ** 2)));
};

test("a seed gives the same numbers again, and another seed others", () => {
  const numbers = (seed) =>
    draw(
      5,
      (
        (rng) => () =>
          rng.random()
      )(new Generator(seed)),
    );
  assert.deepEqual(numbers(3), numbers(3));
  for (const other of [4, 3 + 2 ** 32, 2 ** 31]) assert.notDeepEqual(numbers(3), numbers(other));
});

test("numbers are uniform in [0, 1) and unrelated to those before them", () => {
  const rng = new Generator(1);
  const values = draw(100000, () => rng.random());
  assert.ok(Math.min(...values.slice(0, 1000)) >= 0 && values.every((v) => v < 1));
  const counts = new Array(10).fill(0);
  values.forEach((v) => (counts[Math.floor(10 * v)] += 1));
  const chi2 = counts.reduce((sum, c) => sum + (c - 10000) ** 2 / 10000, 0);
  assert.ok(chi2 < 27.9, `chi2 ${chi2}`); // the 0.1% point of 9 degrees of freedom
  const lag = mean(values.slice(1).map((v, i) => (v - 0.5) * (values[i] - 0.5)));
  assert.ok(Math.abs(lag) < (4 / 12) * 100000 ** -0.5, `lag ${lag}`);
});

test("normal numbers have the moments of the normal distribution", () => {
  const rng = new Generator(2);
  const values = draw(100000, () => rng.standard_normal());
  assert.ok(Math.abs(mean(values)) < 0.013);
  assert.ok(Math.abs(std(values) - 1) < 0.01);
  assert.ok(Math.abs(mean(values.map((v) => v ** 4)) - 3) < 0.13);
});

test("a permutation has each number once, and all orders are equally likely", () => {
  const rng = new Generator(3);
  assert.deepEqual(
    [...rng.permutation(50)].sort((a, b) => a - b),
    draw(50, (_, i) => i),
  );
  const counts = {};
  for (let i = 0; i < 6000; i++) {
    const order = rng.permutation(3).join("");
    counts[order] = (counts[order] ?? 0) + 1;
  }
  const chi2 = Object.values(counts).reduce((sum, c) => sum + (c - 1000) ** 2 / 1000, 0);
  assert.equal(Object.keys(counts).length, 6);
  assert.ok(chi2 < 20.5, `chi2 ${chi2}`);
});

test("spawning takes no number from the parent, and gives a stream of its own", () => {
  const [one, two] = [new Generator(5), new Generator(5)];
  const child = one.spawn();
  assert.equal(one.random(), two.random());
  assert.notEqual(child.random(), new Generator(5).random());
  assert.notEqual(one.spawn().random(), new Generator(5).spawn().random());
});

const SPREADS = {
  lecun_normal: (fan_in) => 1 / fan_in,
  xavier_normal: (fan_in, fan_out) => 2 / (fan_in + fan_out),
  xavier_uniform: (fan_in, fan_out) => 2 / (fan_in + fan_out),
  kaiming_normal: (fan_in) => 2 / fan_in,
  kaiming_uniform: (fan_in) => 2 / fan_in,
  normal: () => 1e-4,
};
for (const [name, expected] of Object.entries(SPREADS))
  test(`${name} has its variance`, () => {
    const weight = [...engine[name](300, 100, new Generator(1))];
    const ratio = std(weight) ** 2 / expected(300, 100);
    assert.ok(Math.abs(ratio - 1) < 0.04, `ratio ${ratio}`);
    assert.ok(Math.abs(mean(weight)) < (4 * std(weight)) / Math.sqrt(weight.length));
  });

for (const [fan_in, fan_out] of [
  [7, 7],
  [9, 4],
  [4, 9],
])
  test(`orthogonal of ${fan_in} x ${fan_out} has orthonormal columns, or rows`, () => {
    const W = engine.orthogonal(fan_in, fan_out, new Generator(4), { gain: 2 });
    const tall = fan_in >= fan_out;
    const small = Math.min(fan_in, fan_out);
    const entry = (i, k) => (tall ? W[k * fan_out + i] : W[i * fan_out + k]);
    for (let i = 0; i < small; i++)
      for (let j = 0; j < small; j++) {
        let product = 0;
        for (let k = 0; k < Math.max(fan_in, fan_out); k++) product += entry(i, k) * entry(j, k);
        assert.ok(Math.abs(product - (i === j ? 4 : 0)) < 1e-12);
      }
  });

test("sparse connects each unit to k inputs", () => {
  const W = engine.sparse(20, 6, new Generator(4), { k: 3 });
  for (let j = 0; j < 6; j++)
    assert.equal([...W].filter((w, at) => at % 6 === j && w !== 0).length, 3);
});

test("lsuv gives each layer outputs of variance 1, and leaves a net of zeros as it is", () => {
  const rng = new Generator(6);
  const x = Float64Array.from({ length: 50 * 8 }, () => rng.standard_normal());
  const options = { rng, init: engine.orthogonal, activation: "tanh", Float: Float64Array };
  const net = engine.mlp([8, 30, 30, 5], options);
  engine.lsuv(net, x, 50);
  let seen = x;
  for (const layer of net.layers) {
    seen = layer.forward(seen, 50);
    const outputs = [...seen.subarray(0, 50 * (layer.out_features ?? layer.features))];
    if (layer instanceof engine.Linear)
      assert.ok(Math.abs(mean(outputs.map((y) => y * y)) - mean(outputs) ** 2 - 1) < 0.0101);
  }
  const zeros = engine.mlp([8, 4, 2], { rng, init: engine.constant, Float: Float64Array });
  engine.lsuv(zeros, x, 50);
  assert.ok(zeros.params["0.weight"].every((w) => w === 0));
});

/** Largest relative difference of the gradients from centered differences. */
const check = (net, x, labels, n, classes) => {
  const grad = new Float64Array(n * classes);
  const value = () => engine.cross_entropy(net.forward(x, n, true), labels, n, classes, grad);
  value();
  const dx = Float64Array.from(net.backward(grad.slice(), true).subarray(0, x.length));
  const grads = { x: dx };
  for (const name in net.grads) grads[name] = Float64Array.from(net.grads[name]);
  let worst = 0;
  for (const [name, values] of Object.entries({ x, ...net.params }))
    for (let i = 0; i < values.length; i++) {
      const [kept, h] = [values[i], 1e-5];
      values[i] = kept + h;
      const above = value();
      values[i] = kept - h;
      const numerical = (above - value()) / (2 * h);
      values[i] = kept;
      const scale = Math.max(Math.abs(numerical), Math.abs(grads[name][i]), 1e-3);
      worst = Math.max(worst, Math.abs(numerical - grads[name][i]) / scale);
    }
  return worst;
};

for (const norm of [null, "batch", "layer"])
  for (const activation of ["tanh", "gelu", "softplus"])
    test(`gradients of a net with ${activation} and ${norm ?? "no"} norm`, () => {
      const rng = new Generator(8);
      const net = engine.mlp([3, 5, 4, 3], { rng, activation, norm, Float: Float64Array });
      const x = Float64Array.from({ length: 7 * 3 }, () => rng.standard_normal());
      const worst = check(net, x, Uint8Array.of(0, 1, 2, 0, 1, 2, 0), 7, 3);
      assert.ok(worst < 1e-6, `relative error ${worst}`);
    });

test("batch norm leaves its statistics alone at inference, and on demand in training", () => {
  const bn = new engine.BatchNorm(2, { Float: Float64Array });
  const x = Float64Array.of(1, 2, 3, 5, 8, 1);
  const kept = () => [...bn.buffers.running_mean, ...bn.buffers.running_var];
  bn.forward(x, 3);
  assert.deepEqual(kept(), [0, 0, 1, 1]);
  bn.updates_buffers = false;
  bn.forward(x, 3, true);
  assert.deepEqual(kept(), [0, 0, 1, 1]);
  bn.updates_buffers = true;
  bn.forward(x, 3, true);
  assert.notDeepEqual(kept(), [0, 0, 1, 1]);
});

test("dropout keeps the mean, and does nothing at inference", () => {
  const layer = new engine.Dropout(0.4, 1, { rng: new Generator(1), Float: Float64Array });
  const ones = new Float64Array(20000).fill(1);
  const y = layer.forward(ones, 20000, true);
  assert.ok(Math.abs(mean([...y]) - 1) < 0.025);
  assert.deepEqual(layer.backward(ones), y);
  assert.equal(layer.forward(ones, 20000), ones);
  assert.equal(layer.backward(ones), ones);
});

test("data sets have their classes, sizes and places", () => {
  const rng = new Generator(1);
  const spiral = engine.spiral(50, rng, { noise: 0 });
  const radii = draw(150, (_, i) => Math.hypot(spiral.x[2 * i], spiral.x[2 * i + 1]));
  radii.forEach((radius, i) => assert.ok(Math.abs(radius - (i % 50) / 49) < 1e-12));
  const moons = engine.moons(40, rng, { noise: 0 });
  assert.ok(Math.abs(Math.hypot(moons.x[20], moons.x[21]) - 1) < 1e-12);
  const blobs = engine.blobs(200, rng, { centers: [[0, 0], [5, 1], [9, 9]] }); // prettier-ignore
  assert.deepEqual([blobs.n, blobs.classes, blobs.labels[599]], [600, 3, 2]);
  assert.ok(Math.abs(mean(draw(200, (_, i) => blobs.x[2 * (200 + i)])) - 5) < 0.3);
});

test("a net learns three spiral arms", () => {
  const rng = new Generator(1);
  const data = engine.spiral(100, rng);
  data.x = Float32Array.from(data.x);
  const net = engine.mlp([2, 32, 32, 3], { rng });
  const run = engine.train(net, engine.cross_entropy, new engine.Adam(0.01), data, {
    batch_size: 64,
    rng,
  });
  for (let step = 0; step < 500; step++) run.next();
  const scores = net.forward(data.x, data.n);
  assert.ok(engine.accuracy(scores, data.labels, data.n, 3) > 0.97);
});
