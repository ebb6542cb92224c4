// Play, pause, step, start again: buttons, and at most one drawing a frame.

import { button, element } from "./elements.js";

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
  const play = button("Play", () => (playing ? pause() : resume()), { class: "lab-play" });
  const spoken = element("p", { class: "lab-spoken", role: "status" });
  const shown = element("p", { class: "lab-readout" });

  const refresh = () => {
    draw();
    shown.textContent = tell();
  };
  const speak = () => {
    spoken.textContent = "";
    requestAnimationFrame(() => (spoken.textContent = tell()));
  };
  const pause = () => {
    playing = false;
    play.textContent = "Play";
    refresh();
  };
  const frame = async () => {
    if (!playing) return;
    const more = await advance();
    if (!playing) return;
    // Who asked for less motion sees the end, not the way.
    if (!still()) refresh();
    if (more) requestAnimationFrame(frame);
    else {
      pause();
      speak();
    }
  };
  const resume = () => {
    playing = true;
    play.textContent = "Pause";
    requestAnimationFrame(frame);
  };
  const again = async () => {
    playing = false;
    play.textContent = "Play";
    await restart();
    refresh();
  };
  const buttons = [
    play,
    button("One step", async () => {
      pause();
      await step();
      refresh();
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
