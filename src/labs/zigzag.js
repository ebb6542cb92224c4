// Lab: the zig-zag of descent on positive inputs, and what centering and batches do about it.

import { NEAR, Detour } from "./detour.js";
import { controls, element } from "./kit/elements.js";
import { number } from "./kit/numbers.js";
import { player } from "./kit/player.js";
import { axes, draw, line_path } from "./kit/plot.js";
import { pointing } from "./kit/pointing.js";
import { color, line, marks, marks_path } from "./kit/series.js";
import { change, new_seed, values_of } from "./kit/settings.js";

const [REACH, FARTHEST] = [2.6, 2];
const MOVING = 1;

export const settings = {
  shift: { label: "Mean of the inputs", from: 0, to: 3, start: 2 },
  batch: { label: "Batch", from: 1, to: 64, whole: true, start: 1 },
  rate: { label: "Learning rate", from: 0.001, to: 10, log: true, start: 0.18 },
  steps: { label: "Steps", from: 10, to: 1000, whole: true, start: 300 },
  target_x: { label: "Target, first", from: -FARTHEST, to: FARTHEST, start: 1 },
  target_y: { label: "Target, second", from: -FARTHEST, to: FARTHEST, start: -1 },
  seed: { label: "Seed", from: 1, to: 2 ** 31, whole: true, start: 1, hidden: true },
};

function render({ model, el }) {
  const values = () => values_of(settings, model);
  const map = axes({
    title: "The two weights, the target, and the path toward it: click or drag to move the target",
    height: 340,
    x: { range: [-REACH, REACH], label: "first weight" },
    y: { range: [-REACH, REACH], label: "second weight" },
  });
  const chart = axes({
    title: "Distance from the target, by step",
    height: 340,
    x: { range: [0, 100], label: "steps" },
    y: { range: [0.01, 10], log: true, label: "distance from the target" },
  });
  const shades = [0, 1].map(() => draw("rect", { fill: "currentColor", "fill-opacity": 0.08 }));
  map.layer.append(...shades);
  const path = line(map, 0);
  const places = marks(map, 0);
  const target = marks(map, 2);
  const ring = draw("circle", { r: 8, fill: "none", stroke: color(2), "stroke-width": 2 });
  map.layer.append(ring);
  const curve = line(chart, 0);
  const goal = line(chart, MOVING);
  let run;

  const restart = () => {
    run = new Detour(values());
    chart.rescale({ x: { range: [0, run.steps] } });
    goal.setAttribute("d", line_path(chart, [0, run.steps], [NEAR, NEAR]));
    const [x, y] = run.target;
    target.setAttribute("d", marks_path(map, [x], [y], 2));
    ring.setAttribute("cx", map.x(x));
    ring.setAttribute("cy", map.y(y));
  };
  const show = () => {
    const [xs, ys] = [0, 1].map((axis) => run.path.map((place) => place[axis]));
    path.setAttribute("d", line_path(map, xs, ys));
    places.setAttribute("d", marks_path(map, xs, ys, 0));
    curve.setAttribute("d", line_path(chart, [...run.distances.keys()], run.distances));
    shade(map, shades, run);
  };
  const { bar, shown, spoken, refresh, again } = player({
    model,
    restart,
    advance: () => (run.step(), !run.done),
    draw: show,
    reseed: () => new_seed(model),
    tell: () => tell(run),
  });
  pointing(map, FARTHEST, (x, y) => change(model, { target_x: x, target_y: y }));
  model.on("change", again);
  restart();
  el.append(
    bar,
    element("div", { class: "lab-controls", role: "group", "aria-label": "Settings" }, ...controls(settings, model)),
    element("div", { class: "lab-pictures" }, map.picture, chart.picture),
    shown,
    spoken,
  ); // prettier-ignore
  refresh();
}

/** The quadrants, seen from where the weights are, that the next step can enter: both up, or both down. */
function shade({ x, y }, [up, down], { path, positive, batch }) {
  const place = path.at(-1);
  const hidden = !positive || batch > 1;
  [
    [up, REACH],
    [down, -REACH],
  ].forEach(([quadrant, edge]) => {
    quadrant.style.display = hidden ? "none" : "";
    const [left, right] = [x(place[0]), x(edge)].sort((a, b) => a - b);
    const [top, bottom] = [y(place[1]), y(edge)].sort((a, b) => a - b);
    const box = { x: left, y: top, width: right - left, height: bottom - top };
    for (const [name, value] of Object.entries(box)) quadrant.setAttribute(name, value);
  });
}

function tell(run) {
  const { taken, distances, positive, batch, diverged } = run;
  const inputs = positive ? "Inputs all positive" : "Inputs of both signs";
  const what = `${inputs}, ${batch === 1 ? "single examples" : `batches of ${batch}`}.`;
  if (diverged !== null) return `${what} Diverged at step ${diverged}.`;
  if (taken === 0) return `${what} The target is at a distance of ${number(distances[0])}.`;
  const steps = taken === 1 ? "1 step" : `${taken} steps`;
  const where = run.arrived ? `Arrived after ${steps}` : `After ${steps} the target is at a distance of ${number(distances.at(-1))}`;
  const share = number(100 * (run.one_signed / taken));
  return `${what} ${where}. The path was ${number(run.detour)} times as long as the straight line; in ${share}% of the steps both weights rose or both fell.`;
} // prettier-ignore

export default { render };
