// Runs a simulation beside the page. A module that has one exports create(settings), which returns an
// object with step(), done and state(): numbers and typed arrays to be drawn.

let simulation;

const actions = {
  async start({ module, settings }) {
    const { create } = await import(module);
    simulation = create(settings);
  },
  /** At most so many steps, and no longer than `budget` milliseconds, so that a frame is not missed. */
  advance({ steps, budget }) {
    const end = performance.now() + budget;
    for (let k = 0; k < steps && !simulation.done; k++) {
      simulation.step();
      if (performance.now() > end) break;
    }
  },
};

addEventListener("message", async ({ data: { id, action, ...options } }) => {
  try {
    await actions[action](options);
    postMessage({ id, state: simulation.state(), done: simulation.done });
  } catch (error) {
    postMessage({ id, error: String(error) });
  }
});
