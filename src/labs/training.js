// The simulation of the playground: two nets on the same examples, from the same seed, step by step.

import { accuracy, cross_entropy, softmax } from "./engine/losses.js";
import { AdaGrad, Adam, RMSProp, SGD } from "./engine/optimizers.js";
import { Generator } from "./engine/random.js";
import { train } from "./engine/training.js";
import { CELLS, GRID, examples } from "./points.js";
import { dead_fraction, probe, rms } from "./probe.js";
import { SCHEDULES } from "./rates.js";
import { started } from "./starts.js";

const CHECK_EVERY = 20;
export const OPTIMIZERS = {
  sgd: { label: "SGD", make: (lr, options) => new SGD(lr, 0, options) },
  momentum: { label: "Momentum 0.9", make: (lr, options) => new SGD(lr, 0.9, options) },
  nesterov: { label: "Nesterov 0.9", make: (lr, options) => new SGD(lr, 0.9, { nesterov: true, ...options }) },
  adagrad: { label: "AdaGrad", make: (lr, options) => new AdaGrad(lr, options) },
  rmsprop: { label: "RMSProp", make: (lr, options) => new RMSProp(lr, options) },
  adam: { label: "Adam", make: (lr, options) => new Adam(lr, options) },
}; // prettier-ignore

/** The settings of one net: "a_depth" is "depth" of net a. */
export function settings_of(side, settings) {
  const own = Object.entries(settings).filter(([name]) => name.startsWith(`${side}_`));
  const shared = { seed: settings.seed, steps: settings.steps };
  return { ...shared, ...Object.fromEntries(own.map(([name, value]) => [name.slice(2), value])) };
}

/** Settings by name, as the playground's. */
export function create(settings) {
  const { both, steps } = settings;
  const [training, fresh] = examples(settings);
  const nets = (both ? ["a", "b"] : ["a"]).map(
    (side) => new Net(settings_of(side, settings), training, fresh),
  );
  let step = 0;
  return {
    step() {
      step += 1;
      nets.forEach((net) => net.step());
      if (step % CHECK_EVERY === 0 || step === steps) nets.forEach((net) => net.check());
    },
    get done() {
      return step >= steps || nets.every(({ diverged }) => diverged !== null);
    },
    state: () => ({ step, data: training, nets: nets.map((net) => net.state()) }),
  };
}

export class Net {
  /** Nets of equal settings draw equal weights, batches and masks. */
  constructor(settings, training, fresh) {
    const { depth, width, activation, start, norm, dropout, seed } = settings;
    const sizes = [2, ...Array(depth).fill(width), training.classes];
    const rng = new Generator(seed).spawn();
    const order = new Generator(seed + 1);
    const options = { rng, activation, dropout, norm: norm === "none" ? null : norm };
    this.net = started(sizes, start, 1, training, options);
    this.optimizer = optimizer_of(settings);
    const plan = { batch_size: settings.batch, rng: order };
    this.run = train(this.net, cross_entropy, this.optimizer, training, plan);
    Object.assign(this, { training, fresh, diverged: null, steps: 0, moved: [], before: {} });
    this.checks = { steps: [], training: [], fresh: [], accuracy: [] };
    this.check();
  }

  step() {
    if (this.diverged !== null) return;
    for (const [name, weight] of this.#weights()) (this.before[name] ??= new Float64Array(weight.length)).set(weight); // prettier-ignore
    const loss = this.run.next().value;
    this.steps += 1;
    if (!Number.isFinite(loss)) this.diverged = this.steps;
    this.moved = this.#weights().map(([name, weight]) => {
      const old = this.before[name];
      return rms(weight.map((now, i) => now - old[i])) / rms(old);
    });
  }

  /** The losses on all examples, and on new ones. */
  check() {
    if (this.diverged !== null) return;
    const { n, labels, classes } = this.fresh;
    const scores = this.#loss(this.fresh, "fresh");
    this.#loss(this.training, "training");
    this.checks.steps.push(this.steps);
    this.checks.accuracy.push(accuracy(scores, labels, n, classes));
  }

  state() {
    const { layers } = probe(this.net, this.training);
    return {
      diverged: this.diverged,
      checks: this.checks,
      moved: this.moved,
      outputs: layers.map((layer) => rms(layer.outputs)),
      gradients: layers.map((layer) => rms(layer.gradients)),
      dead: layers.map(({ outputs, features }) => 100 * dead_fraction(outputs, features)),
      map: this.#map(),
    };
  }

  #weights() {
    return Object.entries(this.net.params).filter(([name]) => name.endsWith("weight"));
  }

  #loss({ x, labels, n, classes }, name) {
    const scores = Float64Array.from(this.net.forward(x, n).subarray(0, n * classes));
    const grad = new Float64Array(n * classes);
    this.checks[name].push(cross_entropy(scores, labels, n, classes, grad));
    return scores;
  }

  /** The probabilities of the classes, cell by cell. */
  #map() {
    const [n, { classes }] = [CELLS * CELLS, this.training];
    return softmax(this.net.forward(GRID, n), n, classes, new Float32Array(n * classes));
  }
}

function optimizer_of({ optimizer, schedule, rate, steps, decay }) {
  const lr = SCHEDULES[schedule].make(rate, steps);
  return OPTIMIZERS[optimizer].make(lr, { weight_decay: Number(decay) });
}
