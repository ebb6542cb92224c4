// A simulation in a worker, seen from the page.

const FRAME = 12; // milliseconds of work a frame, of the 16.7 that it lasts

/** The simulation of a module of src/labs, such as "training"; each call resolves to { state, done }. */
export function remote(module) {
  const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
  const waiting = new Map();
  let count = 0;
  worker.addEventListener("message", ({ data: { id, error, ...answer } }) => {
    const { resolve, reject } = waiting.get(id);
    waiting.delete(id);
    if (error) reject(new Error(error));
    else resolve(answer);
  });
  worker.addEventListener("error", (event) => {
    waiting.forEach(({ reject }) => reject(new Error(event.message ?? "the worker failed")));
    waiting.clear();
  });
  const ask = (action, options) =>
    new Promise((resolve, reject) => {
      waiting.set(++count, { resolve, reject });
      worker.postMessage({ id: count, action, ...options });
    });
  return {
    start: (settings) =>
      ask("start", { module: new URL(`../${module}.js`, import.meta.url).href, settings }),
    advance: (steps = Infinity, budget = FRAME) => ask("advance", { steps, budget }),
    close: () => worker.terminate(),
  };
}
