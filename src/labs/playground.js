// Lab: two nets on the same examples from the same seed, with all that this book speaks of to be changed.

import { button, controls, element } from "./kit/elements.js";
import { number } from "./kit/numbers.js";
import { axes, decades, draw, line_path } from "./kit/plot.js";
import { color, line, marks, marks_path, sample } from "./kit/series.js";
import { change } from "./kit/settings.js";
import { simulated } from "./kit/simulated.js";
import { FUNCTIONS } from "./names.js";
import { territory } from "./territory.js";
import { SCHEDULES, labels } from "./rates.js";
import { STARTS } from "./starts.js";
import { OPTIMIZERS } from "./training.js";

const SIDES = ["a", "b"];

const NET = {
  depth: { label: "Hidden layers", from: 1, to: 8, whole: true, start: 3 },
  width: { label: "Units a layer", from: 2, to: 32, whole: true, start: 16 },
  activation: { label: "Activation", of: FUNCTIONS, start: "relu" },
  start: { label: "Start", of: STARTS, start: "he" },
  norm: { label: "Normalization", of: { none: "None", batch: "Batch norm", layer: "Layer norm" }, start: "none" },
  dropout: { label: "Dropout", from: 0, to: 0.8, start: 0 },
  decay: { label: "Weight decay", of: { 0: "0", 0.001: "0.001", 0.01: "0.01", 0.1: "0.1", 1: "1" }, start: "0" },
  optimizer: { label: "Optimizer", of: labels(OPTIMIZERS), start: "sgd" },
  rate: { label: "Learning rate", from: 0.0001, to: 10, log: true, start: 0.1 },
  schedule: { label: "Schedule", of: labels(SCHEDULES), start: "constant" },
  batch: { label: "Batch", from: 2, to: 64, whole: true, start: 16 },
}; // prettier-ignore

const SHARED = {
  data: { label: "Examples", of: { spiral: "Spiral", moons: "Moons", blobs: "Three clouds" }, start: "spiral" },
  noise: { label: "Noise", from: 0, to: 0.6, start: 0.2 },
  steps: { label: "Steps", from: 100, to: 5000, whole: true, log: true, start: 1000 },
  speed: { label: "Steps a frame", from: 1, to: 50, whole: true, log: true, start: 5 },
  both: { label: "Two nets side by side", start: true },
  seed: { label: "Seed", from: 1, to: 2 ** 31, whole: true, start: 1, hidden: true },
}; // prettier-ignore

export const settings = {
  ...SHARED,
  ...Object.fromEntries(
    SIDES.flatMap((side) =>
      Object.entries(NET).map(([name, setting]) => [`${side}_${name}`, setting]),
    ),
  ),
  b_norm: { ...NET.norm, start: "batch" },
};

async function render({ model, el }) {
  const maps = SIDES.map((side) => territory(`, net ${side.toUpperCase()}`));
  const charts = charts_of();

  const show = (state) => {
    const { nets, data } = state;
    SIDES.forEach((_, i) => maps[i].show(nets[i]?.map, data));
    rescale(charts, nets, model.get("steps"));
    SIDES.forEach((_, i) => show_net(charts, nets[i], i));
  };
  const { bar, shown, spoken, refresh, again } = await simulated({
    module: "training",
    settings,
    model,
    steps: () => model.get("speed"),
    draw: show,
    tell,
  });
  Object.keys(settings)
    .filter((name) => name !== "speed")
    .forEach((name) => model.on(`change:${name}`, again));
  const pictures = (shown) =>
    element("div", { class: "lab-pictures" }, ...shown.map(({ plot }) => plot.picture));
  const group = (name, ...inner) =>
    element("div", { class: "lab-controls", role: "group", "aria-label": name }, ...inner);
  el.append(
    bar,
    group("Examples and run", ...controls(settings, model, Object.keys(SHARED))),
    pictures(maps),
    shown,
    spoken,
    element("div", { class: "lab-pair" }, ...SIDES.map((side, i) => panel(model, side, i))),
    pictures(Object.values(charts)),
  );
  const fit = () =>
    el
      .querySelectorAll(".lab-side-b, .lab-alike")
      .forEach((part) => (part.hidden = !model.get("both")));
  model.on("change:both", fit);
  fit();
  refresh();
}

/** The settings of one net. */
function panel(model, side, i) {
  const names = Object.keys(NET).map((name) => `${side}_${name}`);
  const other = SIDES[1 - i];
  const alike = () =>
    change(model, Object.fromEntries(Object.keys(NET).map((name) => [`${side}_${name}`, model.get(`${other}_${name}`)]))); // prettier-ignore
  return element(
    "fieldset",
    { class: `lab-side lab-side-${side}` },
    element("legend", {}, `Net ${side.toUpperCase()} `, sample(i)),
    ...controls(settings, model, names),
    button(`Like net ${other.toUpperCase()}`, alike, { class: "lab-alike" }),
  );
}

function charts_of() {
  const made = (title, x, y) => {
    const plot = axes({ title, height: 210, x: { range: [0, 4], label: x }, y });
    const series = SIDES.map((_, i) => ({ line: line(plot, i), thin: line(plot, i, { "stroke-width": 0.8, opacity: 0.8 }), marks: marks(plot, i) }));
    return { plot, series };
  };
  const size = (label) => ({ range: [0.01, 1], log: true, label });
  return {
    loss: made("Loss by step: on the examples, thin, and on new ones", "steps", { range: [0, 1.5], label: "loss (thin: training)" }),
    outputs: made("Size of the outputs by layer", "layer", size("outputs, rms")),
    gradients: made("Size of the gradients by layer", "layer", size("gradient, rms")),
    moved: made("Size of the last update by layer, as a share of the weights", "layer", size("last update / weights")),
    dead: made("Share of dead units by layer", "layer", { range: [0, 100], label: "dead units (%)" }),
  };
} // prettier-ignore

const BY_LAYER = ["outputs", "gradients", "moved", "dead"];

function rescale(charts, nets, steps) {
  const depth = Math.max(...nets.map((net) => net.outputs.length)) + 1;
  const ticks = Array.from({ length: depth }, (_, layer) => layer + 1);
  for (const name of BY_LAYER) {
    const sizes = nets.flatMap((net) => net[name]);
    const y = name === "dead" ? {} : { range: decades(sizes) };
    charts[name].plot.rescale({ x: { range: [0.6, depth + 0.4], ticks }, y });
  }
  const most = Math.max(...nets.flatMap(({ checks }) => [...checks.training, ...checks.fresh]));
  const top = Math.min(4, Math.max(0.5, 1.1 * most));
  charts.loss.plot.rescale({ x: { range: [0, steps] }, y: { range: [0, top] } });
}

function show_net(charts, net, i) {
  const put = (name, kind, path) => charts[name].series[i][kind].setAttribute("d", path);
  for (const name of BY_LAYER) {
    const { plot } = charts[name];
    const sizes = net ? net[name] : [];
    const layers = [...sizes.keys()].map((layer) => layer + 1);
    put(name, "line", line_path(plot, layers, sizes));
    put(name, "marks", marks_path(plot, layers, sizes, i));
  }
  const { steps, training, fresh } = net?.checks ?? { steps: [], training: [], fresh: [] };
  put("loss", "line", line_path(charts.loss.plot, steps, fresh));
  put("loss", "thin", line_path(charts.loss.plot, steps, training));
}

function tell({ step, nets }, { data }) {
  const what = `${SHARED.data.of[data]}, after ${step === 1 ? "1 step" : `${step} steps`}.`;
  return [what, ...nets.map((net, i) => tell_net(net, SIDES[i].toUpperCase()))].join(" ");
}

function tell_net({ diverged, checks, dead }, name) {
  if (diverged !== null) return `Net ${name} diverged at step ${diverged}.`;
  const [training, fresh, right] = [checks.training, checks.fresh, checks.accuracy].map((list) => list.at(-1));
  const most = Math.max(...dead);
  const units = most > 0 ? `; up to ${number(most)}% of a layer is dead` : "";
  return `Net ${name}: loss ${number(training)} on the examples, ${number(fresh)} on new ones, of which ${number(100 * right, 3)}% are right${units}.`;
} // prettier-ignore

export default { render };
