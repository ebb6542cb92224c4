// Where to put the trials of a search, in a square around the origin, as nnbook.experiments.hyperparameters.plans.

import { Generator } from "./engine/random.js";

const GOLDEN = (1 + Math.sqrt(5)) / 2;
const DECADES = 7; // of the first axis, if it stands for a learning rate
const LINES = 101;

export const PLANS = {
  grid: {
    label: "Grid",
    points: (side, rng) => {
      const shift = [rng.random(), rng.random()];
      return listed(side * side, (i) => [(i % side) + shift[0], Math.floor(i / side) + shift[1]].map((at) => at / side));
    },
  },
  random: {
    label: "Random",
    points: (side, rng) => listed(side * side, () => [rng.random(), rng.random()]),
  },
  lattice: {
    label: "Lattice",
    points: (side, rng) => {
      const shift = [rng.random(), rng.random()];
      return listed(side * side, (i) => [(i / side ** 2 + shift[0]) % 1, (i * GOLDEN + shift[1]) % 1]);
    },
  },
}; // prettier-ignore

function listed(n, f) {
  return Array.from({ length: n }, (_, i) => f(i));
}

/** What a point lacks: the squares of its distances along two turned axes, the second of them weighed. */
export function lack({ angle, importance }) {
  const [c, s] = [Math.cos((angle * Math.PI) / 180), Math.sin((angle * Math.PI) / 180)];
  return (x, y) => (c * x + s * y) ** 2 + importance * (c * y - s * x) ** 2;
}

/** The least that is lacking at each place of the first axis, whatever the second is. */
export function profile(loss, x) {
  let least = Infinity;
  for (let k = 0; k < LINES; k++) least = Math.min(least, loss(x, k / (LINES - 1) - 0.5));
  return least;
}

/** Settings by name, as the lab's: first, second, side, angle, importance, drawn, searches, seed. */
export class Searches {
  constructor(settings) {
    const { first, second, seed, searches } = settings;
    this.loss = lack(settings);
    this.settings = settings;
    this.limit = searches;
    this.arms = [first, second].map((plan, i) => ({
      plan,
      rng: new Generator(2 * seed + i),
      points: [],
      left: [], // the mean over all searches so far
      last: NaN,
    }));
  }

  get count() {
    return this.arms[0].left.length;
  }

  get done() {
    return this.count >= this.limit;
  }

  /** One search more with each plan. */
  step() {
    const { side, drawn } = this.settings;
    for (const arm of this.arms) {
      const points = PLANS[arm.plan].points(side, arm.rng);
      arm.points = points.map(([x, y]) => [(drawn === "evenly" ? bent(x) : x) - 0.5, y - 0.5]);
      arm.last = Math.min(...arm.points.map(([x, y]) => this.loss(x, y)));
      const sum = (arm.left.at(-1) ?? 0) * arm.left.length + arm.last;
      arm.left.push(sum / (arm.left.length + 1));
    }
  }
}

/** Where a number that is drawn evenly falls on a logarithmic axis of some decades. */
function bent(share) {
  const low = 10 ** -DECADES;
  return Math.log10(low + share * (1 - low)) / DECADES + 1;
}
