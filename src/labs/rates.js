// Schedules of the learning rate by name: what the reader sees, and how each is made for a run of some steps.

import { constant, cosine, step_decay, warmup } from "./engine/schedules.js";

export const SCHEDULES = {
  constant: { label: "Constant", make: (lr) => constant(lr) },
  step: {
    label: "Step",
    make: (lr, steps) => step_decay(lr, [Math.round(steps / 2), Math.round((3 * steps) / 4)]),
  },
  cosine: { label: "Cosine", make: (lr, steps) => cosine(lr, steps) },
  warmup: {
    label: "Warm-up, then cosine",
    make: (lr, steps) => warmup(Math.round(steps / 10), cosine(lr, steps - Math.round(steps / 10))),
  },
};

/** What the reader sees, by name. */
export const labels = (table) =>
  Object.fromEntries(Object.entries(table).map(([name, { label }]) => [name, label]));
