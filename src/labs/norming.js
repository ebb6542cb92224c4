// The simulation of the lab of batch norm: one net, and three ways to take the statistics at test.

import { accuracy, cross_entropy, softmax } from "./engine/losses.js";
import { BatchNorm } from "./engine/normalization.js";
import { SGD } from "./engine/optimizers.js";
import { Generator } from "./engine/random.js";
import { loss_and_grads, minibatches } from "./engine/training.js";
import { histogram } from "./probe.js";
import { started } from "./starts.js";
import { CELLS, GRID, examples } from "./points.js";

export const [WIDTH, BINS, RANGE] = [16, 30, [-4, 4]];
const CHECK_EVERY = 10;

/** Settings by name, as the lab's. */
export function create(settings) {
  const { depth, momentum, updated, rate, steps, seed } = settings;
  const [training, fresh] = examples({ data: "spiral", noise: 0.2, seed });
  const rng = new Generator(seed).spawn();
  const sizes = [2, ...Array(depth).fill(WIDTH), training.classes];
  const net = started(sizes, "he", 1, training, { rng, activation: "relu", norm: "batch" });
  const norms = net.layers.filter((layer) => layer instanceof BatchNorm);
  norms.forEach((layer) => Object.assign(layer, { momentum, updates_buffers: updated }));
  const descent = new SGD(rate, 0.9);
  const batches = endless(training, settings, new Generator(seed + 1));
  const checks = { steps: [], running: [], batch: [], training: [] };
  let step = 0;
  let diverged = null;

  /** Outputs with the statistics of the batch itself; the running ones stay as they are. */
  const in_company = (x, n) => {
    norms.forEach((layer) => (layer.updates_buffers = false));
    const scores = net.forward(x, n, true);
    norms.forEach((layer) => (layer.updates_buffers = updated));
    return scores;
  };
  const check = () => {
    const { x, labels, n, classes } = fresh;
    checks.steps.push(step);
    checks.running.push(accuracy(net.forward(x, n), labels, n, classes));
    checks.training.push(accuracy(in_company(x, n), labels, n, classes));
    checks.batch.push(by_batch(in_company, fresh, settings));
  };
  check();
  return {
    step() {
      step += 1;
      const { x, labels, n, classes } = batches.next().value;
      const loss = loss_and_grads(net, cross_entropy, x, labels, n, classes);
      if (!Number.isFinite(loss)) diverged = step;
      else descent.step(net.params, net.grads);
      if (diverged === null && (step % CHECK_EVERY === 0 || step === steps)) check();
    },
    get done() {
      return step >= steps || diverged !== null;
    },
    state: () => {
      const [n, { classes }] = [CELLS * CELLS, training];
      const map = softmax(net.forward(GRID, n), n, classes, new Float32Array(n * classes));
      net.forward(training.x, training.n);
      const running_bins = bins_of(norms, training.n);
      in_company(training.x, training.n);
      return { step, diverged, checks, map, running_bins, own_bins: bins_of(norms, training.n), data: training }; // prettier-ignore
    },
    net,
  };
}

/** Histograms of what each batch norm makes of n examples, before gamma and beta. */
function bins_of(norms, n) {
  return norms.map(({ x_hat, features }) =>
    histogram(x_hat.subarray(0, n * features), RANGE, BINS),
  );
}

function* endless(data, { batch, order }, rng) {
  for (;;) for (const rows of parts(data, batch, order, rng)) yield gathered(data, rows);
}

/** The indices of all examples in batches of about a size: mixed, or of one class each, in random order. */
export function* parts({ labels, n, classes }, size, order, rng) {
  if (order === "mixed") {
    yield* minibatches(n, size, rng);
    return;
  }
  const all = [];
  for (let label = 0; label < classes; label++) {
    const members = rng.permutation(n).filter((i) => labels[i] === label);
    const count = Math.max(1, Math.floor(members.length / size));
    const edge = (k) => Math.round((k * members.length) / count);
    for (let k = 0; k < count; k++) all.push(members.subarray(edge(k), edge(k + 1)));
  }
  for (const k of rng.permutation(all.length)) yield all[k];
}

/** Some rows of the examples, as a set of their own. */
export function gathered({ x, labels, classes }, rows) {
  return {
    x: Float64Array.from([...rows].flatMap((i) => [x[2 * i], x[2 * i + 1]])),
    labels: Uint8Array.from(rows, (i) => labels[i]),
    n: rows.length,
    classes,
  };
} // prettier-ignore

/** Accuracy if each batch of new examples is normalized by its own statistics. */
function by_batch(in_company, fresh, { test_batch, test_order, seed }) {
  let right = 0;
  for (const rows of parts(fresh, test_batch, test_order, new Generator(seed + 2))) {
    // One example has variance 0, and so x_hat = 0: as if it came twice, which the layer takes.
    const { x, labels, n, classes } = gathered(
      fresh,
      rows.length === 1 ? [rows[0], rows[0]] : rows,
    );
    right += rows.length * accuracy(in_company(x, n), labels, n, classes);
  }
  return right / fresh.n;
}
