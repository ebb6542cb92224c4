// node benchmarks/labs/steps.mjs: training steps a second of the labs' engine, beside a net of objects.
// Both do the same steps; blocks of the two alternate, and the median of the ratios counts.

import { fileURLToPath } from "node:url";
import * as engine from "../../src/labs/engine.js";
import * as objects from "./objects.mjs";

const NETS = [
  { sizes: [2, 8, 8, 1], activation: "tanh", batch: 10, least: 3 },
  { sizes: [2, 32, 32, 1], activation: "tanh", batch: 64, least: 5 },
];
const RATE = 0.03;

/** The same net twice, and one step of each as a function. */
export function pair({ sizes, activation, batch }, Float = Float64Array, seed = 0) {
  const rng = new engine.Generator(seed);
  const x = Float.from({ length: 2 * batch }, () => rng.standard_normal());
  const targets = Float.from({ length: batch }, (_, i) => Math.sign(x[2 * i] * x[2 * i + 1]));
  const rows = Array.from({ length: batch }, (_, i) => [x[2 * i], x[2 * i + 1]]);
  const net = engine.mlp(sizes, { rng, activation, bias: 0.1, Float });
  net.params[`${2 * sizes.length - 4}.bias`].fill(0.1);
  const units = objects.build(sizes, objects[activation.toUpperCase()], () => 0);
  sizes.slice(1).forEach((size, depth) => {
    const weight = net.params[`${2 * depth}.weight`];
    units[depth + 1].forEach((unit, j) =>
      unit.inputs.forEach((link, i) => (link.weight = weight[i * size + j])),
    );
  });
  const descent = new engine.SGD(RATE / 2); // mse is twice their error
  const { loss_and_grads, mse } = engine;
  return {
    ours: () => {
      loss_and_grads(net, mse, x, targets, batch, 1);
      descent.step(net.params, net.grads);
    },
    theirs: () => objects.step(units, rows, targets, batch, RATE),
    outputs: () => [
      Array.from(net.forward(x, batch).subarray(0, batch)),
      rows.map((row) => objects.forward(units, row)),
    ],
  };
}

const seconds = (f, count) => {
  const start = performance.now();
  for (let i = 0; i < count; i++) f();
  return (performance.now() - start) / 1e3;
};

const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];

/** Steps a second of both, and the median ratio. */
export function measure(net, pairs = 21, budget = 0.1) {
  const { ours, theirs } = pair(net);
  [ours, theirs].forEach((f) => seconds(f, 300));
  const count = Math.max(1, Math.round((budget * 300) / seconds(theirs, 300)));
  const times = Array.from({ length: pairs }, () => [seconds(ours, count), seconds(theirs, count)]);
  return {
    ours: count / median(times.map(([a]) => a)),
    theirs: count / median(times.map(([, b]) => b)),
    ratio: median(times.map(([a, b]) => b / a)),
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  console.log("| net | batch | engine, steps/s | objects, steps/s | ratio | at least |");
  console.log("|---|---|---|---|---|---|");
  for (const net of NETS) {
    const { ours, theirs, ratio } = measure(net);
    const cells = [net.sizes.join("-"), net.batch, Math.round(ours), Math.round(theirs)];
    console.log(`| ${[...cells, ratio.toFixed(1), net.least].join(" | ")} |`);
    if (ratio < net.least) process.exitCode = 1;
  }
}
