// The simulation of the lab of initialization: deep nets of equal layers that differ in their start only.

import { cross_entropy } from "./engine/losses.js";
import { SGD } from "./engine/optimizers.js";
import { Generator } from "./engine/random.js";
import { train } from "./engine/training.js";
import { expect } from "./mean_field.js";
import { dead_fraction, histogram, probe, rms } from "./probe.js";
import { started, weight_scale } from "./starts.js";

export const BINS = 24;
const [CLASSES, EXAMPLES, SEEN, BATCH] = [3, 300, 96, 30];
const SIGNAL = 0.6; // of the inputs' mean square of 1, this squared is the cloud's middle
const GRADIENTS = [-3, 3];
const RANGES = { tanh: [-1, 1], sigmoid: [0, 1], relu: [0, 3], softplus: [0, 3] };

/** Three noisy clouds in as many dimensions as a layer has units, of mean square 1. */
function clouds(features, rng) {
  const noise = Math.sqrt(1 - SIGNAL ** 2);
  const middles = Float64Array.from({ length: CLASSES * features }, () => rng.standard_normal());
  const labels = Uint8Array.from({ length: EXAMPLES }, (_, i) => i % CLASSES);
  const x = Float64Array.from({ length: EXAMPLES * features }, (_, at) => {
    const middle = middles[labels[Math.floor(at / features)] * features + (at % features)];
    return SIGNAL * middle + noise * rng.standard_normal();
  });
  return { x, labels, n: EXAMPLES, classes: CLASSES };
}

/** Settings by name, as the lab's: first, second, gain, activation, depth, width, rate, steps, seed. */
export function create(settings) {
  const { first, second, width, seed, steps } = settings;
  const data = clouds(width, new Generator(seed));
  const schemes = second === "none" || second === first ? [first] : [first, second];
  const arms = schemes.map((scheme) => new Arm(scheme, settings, data));
  let step = 0;
  return {
    step() {
      step += 1;
      arms.forEach((arm) => arm.step());
    },
    get done() {
      return step >= steps || arms.every(({ diverged }) => diverged !== null);
    },
    state: () => ({ step, arms: arms.map((arm) => arm.state()) }),
  };
}

/** One net on its way: equal seeds give equal draws of weights and equal batches. */
class Arm {
  constructor(scheme, { activation, depth, width, gain, rate, seed }, data) {
    const sizes = [...Array(depth + 1).fill(width), CLASSES];
    const rng = new Generator(seed).spawn();
    this.scheme = scheme;
    this.seen = { ...data, x: data.x.subarray(0, SEEN * width), n: SEEN };
    this.net = started(sizes, scheme, gain, this.seen, { rng, activation });
    const descent = { batch_size: BATCH, rng: rng.spawn() };
    this.run = train(this.net, cross_entropy, new SGD(rate), data, descent);
    this.range = RANGES[activation] ?? [-1.5, 3];
    this.expected = expectation(scheme, { activation, depth, width, gain });
    this.losses = [];
    this.diverged = null;
  }

  step() {
    if (this.diverged !== null) return;
    const loss = this.run.next().value;
    if (Number.isFinite(loss)) this.losses.push(loss);
    else this.diverged = this.losses.length + 1;
  }

  state() {
    const { layers, loss } = probe(this.net, this.seen);
    const gradients = layers.map((layer) => rms(layer.gradients));
    const around = GRADIENTS.map((edge) => edge * (gradients.at(-1) || 1));
    const { scheme, diverged, losses, expected } = this;
    return {
      ...{ scheme, diverged, losses, expected, gradients, loss },
      outputs: layers.map((layer) => rms(layer.outputs)),
      dead: layers.map(({ outputs, features }) => dead_fraction(outputs, features)),
      output_bins: layers.map((layer) => histogram(layer.outputs, this.range, BINS)),
      gradient_bins: layers.map((layer) => histogram(layer.gradients, around, BINS)),
      ranges: { output_bins: this.range, gradient_bins: GRADIENTS },
    };
  }
}

/** Theory knows schemes that draw independent weights, or orthogonal ones. */
function expectation(scheme, { activation, depth, width, gain }) {
  const sigma_w = weight_scale(scheme, gain, width);
  return Number.isFinite(sigma_w) ? expect(activation, sigma_w, depth) : null;
}
