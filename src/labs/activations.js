// Lab: activation functions, their slopes, and what they make of a distribution of inputs.

import { ACTIVATIONS } from "./engine/activations.js";
import { controls, element } from "./kit/elements.js";
import { number } from "./kit/numbers.js";
import { player } from "./kit/player.js";
import { axes, line_path } from "./kit/plot.js";
import { key, line } from "./kit/series.js";
import { change, values_of } from "./kit/settings.js";
import { FUNCTIONS } from "./names.js";
import { density, inputs, moments, options_of } from "./passage.js";

const [REACH, BINS] = [5, 100];
const PARAMETERS = { leaky_relu: "negative_slope", elu: "alpha", silu: "beta" };
const WIDEN = 1.03;

export const settings = {
  first: { label: "Function", of: FUNCTIONS, start: "sigmoid" },
  second: { label: "Beside it", of: { none: "None", ...FUNCTIONS }, start: "relu" },
  shape: { label: "Inputs", of: { normal: "Normal", uniform: "Uniform" }, start: "normal" },
  mean: { label: "Their mean", from: -3, to: 3, start: 0 },
  std: { label: "Their spread", from: 0.05, to: 5, log: true, start: 1 },
  negative_slope: { label: "Leaky slope", from: 0, to: 0.5, start: 0.01 },
  alpha: { label: "ELU's alpha", from: 0, to: 2, start: 1 },
  beta: { label: "Swish's beta", from: 0.1, to: 10, log: true, start: 1 },
};

function render({ model, el }) {
  const values = () => values_of(settings, model);
  const plots = {
    value: axes({ title: "The functions", x: { range: [-REACH, REACH], label: "input x" }, y: { range: [-2, 4], label: "f(x)" } }),
    slope: axes({ title: "Their slopes", x: { range: [-REACH, REACH], label: "input x" }, y: { range: [-0.3, 1.3], label: "slope f\u2032(x)" } }),
    before: axes({ title: "Density of the inputs", x: { range: [-REACH, REACH], label: "input x" }, y: { range: [0, 1], label: "density" } }),
    after: axes({ title: "Density of the outputs", x: { range: [-2, 4], label: "output f(x)" }, y: { range: [0, 2], label: "density" } }),
  }; // prettier-ignore
  const lines = Object.fromEntries(
    Object.entries(plots).map(([name, plot]) => [name, [0, 1].map((i) => line(plot, i))]),
  );
  const fields = controls(settings, model);
  const kept = Object.keys(settings);
  const legend = key();

  const show = () => {
    const state = values();
    const given = inputs(state);
    const shown = chosen(state);
    legend.show(shown.map((name) => FUNCTIONS[name]));
    plots.before.rescale({ y: { range: [0, 1.25 * given.density(state.mean)] } });
    set(lines.before[0], plots.before, sampled(given.density));
    const bars = shown.map((name) => steps(curve(name, state)[0], given, [-2, 4]));
    const top = Math.min(4, Math.max(0.5, ...bars.flatMap(({ ys }) => Math.max(...ys))));
    plots.after.rescale({ y: { range: [0, 1.1 * top] } });
    for (const i of [0, 1]) {
      const name = shown[i];
      const [f, f_grad] = name ? curve(name, state) : [];
      set(lines.value[i], plots.value, name && sampled(f));
      set(lines.slope[i], plots.slope, name && sampled(f_grad));
      set(lines.after[i], plots.after, name && bars[i]);
    }
    for (const [name, parameter] of Object.entries(PARAMETERS))
      fields[kept.indexOf(parameter)].hidden = !shown.includes(name);
  };
  const widen = () => {
    change(model, { std: Math.min(settings.std.to, model.get("std") * WIDEN) });
    return model.get("std") < settings.std.to;
  };
  const { bar, shown, spoken, refresh } = player({
    model,
    advance: widen,
    draw: show,
    restart: () => model.set("std", settings.std.start),
    tell: () => tell(values()),
  });
  bar.firstChild.title = "Widens the inputs, step by step";
  model.on("change", refresh);
  el.append(
    bar,
    legend.list,
    element("div", { class: "lab-pictures" }, ...Object.values(plots).map((plot) => plot.picture)),
    shown,
    spoken,
    element("div", { class: "lab-controls", role: "group", "aria-label": "Settings" }, ...fields),
  ); // prettier-ignore
  refresh();
}

function chosen({ first, second }) {
  return second === "none" || second === first ? [first] : [first, second];
}

/** A function and its slope, of x alone. */
function curve(name, state) {
  const options = options_of(name, state);
  return ACTIVATIONS[name].map((f) => (x) => f(x, options));
}

function set(path, plot, points) {
  path.setAttribute("d", points ? line_path(plot, points.xs, points.ys) : "");
}

function sampled(f) {
  const xs = Array.from({ length: 401 }, (_, i) => REACH * (i / 200 - 1));
  return { xs, ys: xs.map(f) };
}

/** The outline of the histogram of f(x). */
function steps(f, given, [from, to]) {
  const heights = density(f, given, from, to, BINS);
  const edges = Array.from({ length: BINS + 1 }, (_, i) => from + ((to - from) * i) / BINS);
  const xs = edges.flatMap((edge) => [edge, edge]).slice(1, -1);
  return { xs, ys: [...heights].flatMap((height) => [height, height]) };
}

/** What is a rounding error is 0. */
function exact(value) {
  return Math.abs(value) < 1e-9 ? 0 : value;
}

function tell(state) {
  const given = inputs(state);
  const what = `Inputs: ${state.shape}, mean ${number(state.mean)}, standard deviation ${number(state.std)}.`;
  const results = chosen(state).map((name) => {
    const found = moments(name, options_of(name, state), given);
    const share = number(100 * found.saturated);
    return (
      `${FUNCTIONS[name]}: outputs of mean ${number(exact(found.mean))} and standard deviation ${number(found.std)}; ` +
      `${share}% of the inputs saturated; root mean square of the slope ${number(Math.sqrt(found.slope_square))}.`
    );
  });
  return [what, ...results].join(" ");
}

export default { render };
