// Lab: units of ReLU that die on a cloud of examples, and what becomes of them.

import { WIDTH } from "./dying.js";
import { controls, element } from "./kit/elements.js";
import { number } from "./kit/numbers.js";
import { axes, line_path } from "./kit/plot.js";
import { key, line, marks, marks_path } from "./kit/series.js";
import { simulated } from "./kit/simulated.js";
import { REACH } from "./points.js";

const TICK = 0.16;

export const settings = {
  rate: { label: "Learning rate", from: 0.01, to: 10, log: true, start: 1 },
  bias: { label: "Biases at the start", from: -3, to: 1, start: 0 },
  gain: { label: "Weights, times", from: 0.25, to: 4, log: true, start: 1 },
  activation: { label: "Activation", of: { relu: "ReLU", leaky_relu: "Leaky ReLU" }, start: "relu" },
  data: { label: "Examples", of: { moons: "Moons", spiral: "Spiral", blobs: "Three clouds" }, start: "moons" },
  steps: { label: "Steps", from: 50, to: 1000, whole: true, start: 300 },
  seed: { label: "Seed", from: 1, to: 2 ** 31, whole: true, start: 1, hidden: true },
}; // prettier-ignore

async function render({ model, el }) {
  const axis = (label) => ({ range: [-REACH, REACH], label });
  const map = axes({
    title: "The examples, and the units of the first layer as lines",
    height: 340,
    x: axis("first input"),
    y: axis("second input"),
  });
  const chart = axes({
    title: "Dead units of both layers, by step",
    height: 340,
    x: { range: [0, 100], label: "steps" },
    y: { range: [0, WIDTH], label: `dead units of ${WIDTH}` },
  });
  const points = [0, 1, 2].map((i) => marks(map, i));
  points.forEach((path) => path.setAttribute("fill-opacity", 0.35));
  const units = [0, 1].map((i) => line(map, i));
  const curves = [0, 1].map((i) => line(chart, i));
  const [of_map, of_chart] = [key(), key()];
  of_map.show(["Active units (tick: their side)", "Dead units"]);
  of_chart.show(["First layer", "Second layer"]);

  const show = (state) => {
    const { data, layers } = state;
    points.forEach((path, label) => path.setAttribute("d", examples_of(map, data, label)));
    units.forEach((path, dead) => path.setAttribute("d", lines_of(map, state, dead === 0)));
    chart.rescale({ x: { range: [0, model.get("steps")] } });
    layers.forEach(({ dead }, i) =>
      curves[i].setAttribute("d", line_path(chart, [...dead.keys()], dead)),
    );
  };
  const { bar, shown, spoken, refresh, again } = await simulated({
    module: "dying",
    settings,
    model,
    steps: () => 1,
    draw: show,
    tell,
  });
  model.on("change", again);
  el.append(
    bar,
    element("div", { class: "lab-controls", role: "group", "aria-label": "Settings" }, ...controls(settings, model)),
    element("div", { class: "lab-pictures" }, element("div", {}, of_map.list, map.picture), element("div", {}, of_chart.list, chart.picture)),
    shown,
    spoken,
  ); // prettier-ignore
  refresh();
}

function examples_of(map, { x, labels, n }, label) {
  const own = Array.from({ length: n }, (_, i) => i).filter((i) => labels[i] === label);
  const places = [0, 1].map((axis) => own.map((i) => x[2 * i + axis]));
  return marks_path(map, ...places, label);
}

/** Where the sum of a unit is 0: a line, with a tick to the side on which the unit answers. */
function lines_of(map, { layers, weights, biases }, alive) {
  return [...layers[0].alive.keys()]
    .filter((unit) => Boolean(layers[0].alive[unit]) === alive)
    .map((unit) => unit_line(map, weights[unit], weights[WIDTH + unit], biases[unit]))
    .join("");
}

function unit_line(map, a, b, bias) {
  const size = Math.hypot(a, b);
  if (size === 0) return "";
  const [u, v] = [a / size, b / size];
  const foot = [(-bias / size) * u, (-bias / size) * v]; // the place of the line next to the origin
  const far = 3 * REACH;
  const xs = [foot[0] - far * v, foot[0] + far * v];
  const ys = [foot[1] + far * u, foot[1] - far * u];
  const tick = [[foot[0], foot[0] + TICK * u], [foot[1], foot[1] + TICK * v]]; // prettier-ignore
  return line_path(map, xs, ys) + line_path(map, ...tick);
}

function tell({ step, diverged, loss, layers }) {
  if (diverged !== null) return `Diverged at step ${diverged}.`;
  const steps = step === 1 ? "1 step" : `${step} steps`;
  const names = ["first", "second"];
  const counts = layers.map(
    ({ dead, back }, i) =>
      `${dead.at(-1)} of ${WIDTH} units of the ${names[i]} layer are dead` +
      (back ? ` (a unit came back ${back === 1 ? "once" : `${back} times`})` : ""),
  );
  return `After ${steps}: ${counts.join("; ")}. The loss is ${number(loss)}.`;
}

export default { render };
