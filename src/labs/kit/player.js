// Play, pause, step, start again: buttons, and at most one drawing a frame.

import { button, element } from "./elements.js";
import { once } from "./once.js";

const still = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/**
 * The buttons of a lab.
 *
 * `advance()` does one frame's work and returns whether there is more; it may return a promise. `draw()`
 * shows the state, `restart()` goes back to the start with the same seed, `reseed()`, if there is one,
 * takes another seed. `tell()` is the text of the pictures.
 */
export function player({ model, advance, step = advance, draw, restart, reseed, tell }) {
  let playing = false;
  let settled = Promise.resolve(); // until then the state is of other settings than those that are chosen
  let run = 0; // a frame that was under way when its run ended must not go on with the next one
  const play = button("Play", () => (playing ? pause() : resume()), { class: "lab-play" });
  const spoken = element("p", { class: "lab-spoken", role: "status" });
  const shown = element("p", { class: "lab-readout" });

  const refresh = () => {
    draw();
    shown.textContent = tell();
  };
  const speak = async () => {
    spoken.textContent = "";
    await settled;
    requestAnimationFrame(() => (spoken.textContent = tell()));
  };
  const stop = () => {
    playing = false;
    play.textContent = "Play";
  };
  const pause = () => {
    stop();
    refresh();
  };
  const safely = async (work) => {
    try {
      return await work();
    } catch (error) {
      stop();
      shown.textContent = `This run stopped with an error: ${error.message}`;
      return undefined;
    }
  };
  const frame = async (mine) => {
    if (!playing || mine !== run) return;
    const more = await safely(advance);
    if (!playing || mine !== run) return;
    // Who asked for less motion sees the end, not the way.
    if (!still()) refresh();
    if (more) requestAnimationFrame(() => frame(mine));
    else {
      pause();
      speak();
    }
  };
  const resume = () => {
    playing = true;
    play.textContent = "Pause";
    const mine = ++run;
    requestAnimationFrame(() => frame(mine));
  };
  // Settings that change together, as the two of a place that is dragged, are one change.
  const begin = once(() => {
    settled = safely(async () => {
      await restart();
      refresh();
    });
  });
  const again = () => {
    stop();
    begin();
  };
  const buttons = [
    play,
    button("One step", async () => {
      pause();
      await safely(async () => {
        await step();
        refresh();
      });
    }),
    button("Start again", again),
    ...(reseed ? [button("New seed", () => (reseed(), again()))] : []),
    button("Read out", speak),
    button("Copy link", (event) => copy(event.currentTarget, model)),
  ];
  const bar = element("div", { class: "lab-bar", role: "group", "aria-label": "Run" }, ...buttons);
  return { bar, shown, spoken, refresh, again, pause };
}

async function copy(from, model) {
  model.save_changes();
  const before = "Copy link";
  try {
    await navigator.clipboard.writeText(location.href);
    from.textContent = "Copied";
  } catch {
    from.textContent = "The link is in the address bar";
  }
  setTimeout(() => (from.textContent = before), 2000);
}
