// Lab: how a deep net starts, and whether it then learns. Two starts side by side, from equal draws.

import { controls, element } from "./kit/elements.js";
import { number } from "./kit/numbers.js";
import { axes, decades, line_path } from "./kit/plot.js";
import { color, key, line, marks, marks_path } from "./kit/series.js";
import { simulated } from "./kit/simulated.js";
import { violin } from "./kit/violin.js";
import { FUNCTIONS } from "./names.js";
import { STARTS } from "./starts.js";

const STEPS_A_FRAME = 2;
const FRESH =
  "Marks: measured on 96 examples. Lines in the first two pictures: what theory expects of very wide layers. " +
  "Histograms: the first start to the left of each layer, the other to the right; zeros are left out.";
const TRAINED =
  "Theory speaks of the start only: now the lines join the marks. Histograms: the first start to the left of " +
  "each layer, the other to the right; zeros are left out.";

export const settings = {
  first: { label: "Start", of: STARTS, start: "he" },
  second: { label: "Beside it", of: { none: "None", ...STARTS }, start: "lecun" },
  activation: { label: "Activation", of: FUNCTIONS, start: "relu" },
  gain: { label: "Gain, times", from: 0.25, to: 4, log: true, start: 1 },
  depth: { label: "Layers", from: 2, to: 20, whole: true, start: 12 },
  width: { label: "Units a layer", from: 4, to: 64, whole: true, start: 32 },
  rate: { label: "Learning rate", from: 0.0001, to: 10, log: true, start: 0.03 },
  steps: { label: "Steps", from: 20, to: 1000, whole: true, start: 200 },
  seed: { label: "Seed", from: 1, to: 2 ** 31, whole: true, start: 1, hidden: true },
};

async function render({ model, el }) {
  const plots = pictures();
  const series = Object.fromEntries(
    Object.entries(plots).map(([name, plot]) => [name, [0, 1].map((i) => series_of(plot, i))]),
  );
  const legend = key();
  const hint = element("p", { class: "lab-hint" });

  const show = (state) => {
    legend.show(state.arms.map(({ scheme }) => STARTS[scheme]));
    hint.textContent = state.step ? TRAINED : FRESH;
    rescale(plots, state, model.get("steps"));
    for (const i of [0, 1]) show_arm(series, plots, state.arms[i], i);
  };
  const { bar, shown, spoken, refresh, again } = await simulated({
    module: "stack",
    settings,
    model,
    steps: () => STEPS_A_FRAME,
    draw: show,
    tell,
  });
  model.on("change", again);
  const choices = controls(settings, model);
  el.append(
    bar,
    element("div", { class: "lab-controls", role: "group", "aria-label": "The nets" }, ...choices),
    legend.list,
    hint,
    element("div", { class: "lab-pictures" }, ...Object.values(plots).map((plot) => plot.picture)),
    shown,
    spoken,
  );
  refresh();
}

function pictures() {
  const layers = () => ({ range: [0.5, 12.5], label: "layer" });
  const plot = (title, x, y) => axes({ title, height: 210, x, y });
  return {
    outputs: plot("Size of the outputs, layer by layer", layers(), { range: [0.1, 10], log: true, label: "outputs, rms" }),
    gradients: plot("Size of the gradients, layer by layer", layers(), { range: [0.1, 10], log: true, label: "gradient, rms" }),
    output_bins: plot("Histograms of the outputs, layer by layer", layers(), { range: [-1, 1], label: "outputs" }),
    gradient_bins: plot("Histograms of the gradients, layer by layer", layers(), { range: [-3, 3], label: "gradient / rms at the top" }),
    dead: plot("Share of dead units, layer by layer", layers(), { range: [0, 100], label: "dead units (%)" }),
    losses: plot("Loss by step", { range: [0, 100], label: "steps" }, { range: [0, 2], label: "loss" }),
  }; // prettier-ignore
}

function series_of(plot, i) {
  return {
    filled: line(plot, i, { fill: color(i), stroke: "none" }),
    line: line(plot, i),
    marks: marks(plot, i),
  };
}

/** Axes that hold what both nets show. */
function rescale(plots, { arms }, steps) {
  const depth = arms[0].outputs.length;
  const x = { range: [0.4, depth + 0.6], ticks: layer_ticks(depth) };
  for (const name of ["outputs", "gradients"])
    plots[name].rescale({ x, y: { range: decades(arms.flatMap((arm) => sizes(arm, name))) } });
  for (const [name, range] of Object.entries(arms[0].ranges))
    plots[name].rescale({ x, y: { range } });
  plots.dead.rescale({ x });
  const top = Math.max(1.2, ...arms.flatMap(({ losses }) => losses.slice(0, 3)));
  plots.losses.rescale({ x: { range: [0, steps] }, y: { range: [0, Math.min(1.15 * top, 5)] } });
}

function layer_ticks(depth) {
  const step = depth > 10 ? 5 : 2;
  return [1, ...Array.from({ length: Math.floor(depth / step) }, (_, i) => step * (i + 1))];
}

/** Measured and expected sizes; the expected gradient is anchored at the measured one at the top. */
function sizes(arm, name) {
  return [...arm[name], ...(expected(arm, name) ?? [])];
}

function expected(arm, name) {
  if (!arm.expected || arm.losses.length) return null;
  const anchor = name === "gradients" ? arm.gradients.at(-1) : 1;
  return arm.expected[name].map((size) => anchor * size);
}

function show_arm(series, plots, arm, i) {
  const put = (name, kind, path) => series[name][i][kind].setAttribute("d", path);
  for (const name in series) for (const kind in series[name][i]) if (!arm) put(name, kind, "");
  if (!arm) return;
  const layers = arm.outputs.map((_, layer) => layer + 1);
  for (const name of ["outputs", "gradients"]) {
    const theory = expected(arm, name);
    put(name, "marks", marks_path(plots[name], layers, arm[name], i));
    put(name, "line", line_path(plots[name], layers, theory ?? arm[name]));
  }
  for (const [name, range] of Object.entries(arm.ranges)) {
    const shapes = arm[name].map((bins, at) => violin(plots[name], at + 1, bins, range, i));
    put(name, "filled", shapes.join(""));
  }
  const dead = arm.dead.map((share) => 100 * share);
  put("dead", "line", line_path(plots.dead, layers, dead));
  put("dead", "marks", marks_path(plots.dead, layers, dead, i));
  const steps = arm.losses.map((_, step) => step);
  put("losses", "line", line_path(plots.losses, steps, arm.losses));
}

function tell({ step, arms }, { activation, depth, width, gain }) {
  const net = `${depth} layers of ${width} units, ${FUNCTIONS[activation]}, gain ${number(gain)}.`;
  return [net, ...arms.map((arm) => tell_arm(arm, step))].join(" ");
}

function tell_arm(arm, step) {
  const { dead, scheme, diverged } = arm;
  const name = STARTS[scheme];
  const dead_top = `${number(100 * dead.at(-1))}% of the last layer is dead`;
  if (diverged !== null) return `${name}: diverged at step ${diverged}.`;
  if (step > 0) {
    const steps = step === 1 ? "1 step" : `${step} steps`;
    return `${name}: loss ${number(arm.loss)} after ${steps} (chance is 1.1); ${dead_top}.`;
  }
  const up = change(arm, "outputs", (values) => values.at(-1) / values[0]);
  const down = change(arm, "gradients", (values) => values[0] / values.at(-1));
  return (
    `${name}: ${up ? `from the first layer to the last the outputs are multiplied by ${up}` : "all outputs are 0"}, ` +
    `${down ? `from the last to the first the gradient by ${down}` : "no gradient arrives"}; ${dead_top}.`
  ); // prettier-ignore
}

/** A ratio, and what theory says it is; nothing where there is nothing to compare. */
function change(arm, name, ratio) {
  const measured = ratio(arm[name]);
  if (Number.isNaN(measured)) return "";
  return number(measured) + (arm.expected ? ` (theory ${number(ratio(arm.expected[name]))})` : "");
}

export default { render };
