// The simulation of the lab of dead units: a net with two hidden layers, and which of its units answer.

import { kaiming_normal } from "./engine/initializers.js";
import { cross_entropy } from "./engine/losses.js";
import { mlp } from "./engine/models.js";
import { SGD } from "./engine/optimizers.js";
import { Generator } from "./engine/random.js";
import { train } from "./engine/training.js";
import { probe } from "./probe.js";
import { examples } from "./points.js";

export const WIDTH = 16;
const BATCH = 20;

/** Settings by name, as the lab's: data, activation, bias, gain, rate, steps, seed. */
export function create(settings) {
  const { data, activation, bias, gain, rate, steps, seed } = settings;
  const [set] = examples({ data, noise: 0.15, seed });
  const init = (...fans) => kaiming_normal(...fans).map((weight) => gain * weight);
  const rng = new Generator(seed).spawn();
  const net = mlp([2, WIDTH, WIDTH, set.classes], { rng, activation, init, bias });
  const run = train(net, cross_entropy, new SGD(rate), set, {
    batch_size: BATCH,
    rng: new Generator(seed + 1),
  });
  const layers = [new Census(), new Census()];
  let step = 0;
  let diverged = null;
  let loss = NaN;
  const look = () => {
    const seen = probe(net, set);
    loss = seen.loss;
    layers.forEach((census, i) => census.take(positive(seen.layers[i].outputs)));
  };
  look();
  return {
    step() {
      step += 1;
      if (Number.isFinite(run.next().value)) look();
      else diverged = step;
    },
    get done() {
      return step >= steps || diverged !== null;
    },
    state: () => ({
      ...{ step, diverged, loss, data: set },
      layers: layers.map(({ dead, back, alive }) => ({ dead, back, alive })),
      weights: net.params["0.weight"],
      biases: net.params["0.bias"],
    }),
    net,
  };
}

/** For each unit, whether any example makes it positive. */
function positive(outputs) {
  const alive = new Uint8Array(WIDTH);
  for (let i = 0; i < outputs.length; i++) if (outputs[i] > 0) alive[i % WIDTH] = 1;
  return alive;
}

/** The dead units of a layer, look by look, and how many have come back so far. */
class Census {
  dead = [];
  back = 0;

  take(alive) {
    this.alive?.forEach((before, unit) => (this.back += !before && alive[unit] ? 1 : 0));
    this.alive = alive;
    this.dead.push(alive.filter((one) => !one).length);
  }
}
