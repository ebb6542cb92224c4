// A lab whose numbers come from a simulation in a worker.

import { player } from "./player.js";
import { remote } from "./remote.js";
import { new_seed, values_of } from "./settings.js";

/**
 * The buttons of such a lab, with its simulation at the start.
 *
 * `module` is that of the simulation, `steps()` how many of its steps there are a frame; `draw(state)` shows
 * a state, and `tell(state, values)` is its text, with the values of the settings by name.
 */
export async function simulated({ module, settings, model, steps, draw, tell }) {
  const simulation = remote(module);
  const values = () => values_of(settings, model);
  let state;
  const restart = async () => ({ state } = await simulation.start(values()));
  const advance = async (count) => {
    const answer = await simulation.advance(count);
    state = answer.state;
    return !answer.done;
  };
  const parts = player({
    model,
    restart,
    advance: () => advance(steps()),
    step: () => advance(1),
    draw: () => draw(state),
    reseed: () => new_seed(model),
    tell: () => tell(state, values()),
  });
  await restart();
  return parts;
}
