// A race of optimizers on a surface: one step of each at a time.

import { AdaGrad, Adam, RMSProp, SGD } from "./engine/optimizers.js";
import { SCHEDULES } from "./rates.js";
import { SURFACES } from "./surfaces.js";

export const METHODS = {
  sgd: { label: "SGD", rate: 1.8, make: (lr) => new SGD(lr) },
  momentum: { label: "Momentum", rate: 1.8, make: (lr) => new SGD(lr, 0.9) },
  nesterov: { label: "Nesterov", rate: 1.3, make: (lr) => new SGD(lr, 0.9, { nesterov: true }) },
  adagrad: { label: "AdaGrad", rate: 1.3, make: (lr) => new AdaGrad(lr) },
  rmsprop: { label: "RMSProp", rate: 0.19, make: (lr) => new RMSProp(lr, { beta: 0.9 }) },
  adam: { label: "Adam", rate: 0.9, make: (lr) => new Adam(lr) },
};

export class Race {
  /** Settings by name, as the lab's: surface, schedule, steps, start_x, start_y, methods and rates. */
  constructor(settings) {
    const { surface, schedule, steps, start_x, start_y } = settings;
    this.surface = SURFACES[surface];
    this.steps = steps;
    this.step_count = 0;
    this.first_loss = this.surface.loss(start_x, start_y);
    this.runners = Object.keys(METHODS)
      .filter((name) => settings[name])
      .map((name) => ({
        name,
        optimizer: METHODS[name].make(SCHEDULES[schedule].make(settings[`${name}_rate`], steps)),
        params: { weight: Float64Array.of(start_x, start_y) },
        xs: [start_x],
        ys: [start_y],
        losses: [this.first_loss],
        diverged: null,
      }));
  }

  /** One update of each that has not diverged; returns whether there is more to do. */
  advance() {
    if (this.done) return false;
    this.step_count += 1;
    for (const runner of this.runners) if (runner.diverged === null) this.#update(runner);
    return !this.done;
  }

  get done() {
    return this.step_count >= this.steps || this.runners.every(({ diverged }) => diverged !== null);
  }

  #update(runner) {
    const { weight } = runner.params;
    const grads = { weight: Float64Array.from(this.surface.grad(...weight)) };
    runner.optimizer.step(runner.params, grads);
    const loss = this.surface.loss(...weight);
    if (!(Math.hypot(...weight) < 1e6 && Number.isFinite(loss))) {
      runner.diverged = this.step_count;
      return;
    }
    runner.xs.push(weight[0]);
    runner.ys.push(weight[1]);
    runner.losses.push(loss);
  }
}
