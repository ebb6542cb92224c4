// Lab: what centering, scaling and whitening make of a cloud of points, and of gradient descent on its loss.

import { TREATMENTS, Descent, cloud, statistics, treated } from "./cloud.js";
import { controls, element } from "./kit/elements.js";
import { number } from "./kit/numbers.js";
import { player } from "./kit/player.js";
import { axes, line_path } from "./kit/plot.js";
import { pointing } from "./kit/pointing.js";
import { relief } from "./kit/relief.js";
import { line, marks, marks_path } from "./kit/series.js";
import { change, new_seed, values_of } from "./kit/settings.js";

const [WIDE, NEAR, FARTHEST] = [10, 2.6, 5];
const FOLLOWED = [3, 40]; // two points to be found again

export const settings = {
  treatment: { label: "The data", of: TREATMENTS, start: "raw" },
  mean_x: { label: "Mean, first", from: -FARTHEST, to: FARTHEST, start: 2 },
  mean_y: { label: "Mean, second", from: -FARTHEST, to: FARTHEST, start: 1 },
  std_x: { label: "Spread, first", from: 0.2, to: 4, log: true, start: 2 },
  std_y: { label: "Spread, second", from: 0.2, to: 4, log: true, start: 1 },
  correlation: { label: "Correlation", from: -0.98, to: 0.98, start: 0.8 },
  pace: { label: "Rate, over 1/\u03bb", from: 0.1, to: 2.2, start: 1 },
  steps: { label: "Steps", from: 10, to: 300, whole: true, start: 60 },
  seed: { label: "Seed", from: 1, to: 2 ** 31, whole: true, start: 1, hidden: true },
};

function render({ model, el }) {
  const values = () => values_of(settings, model);
  const plots = pictures();
  const drawn = { before: points_of(plots.before), after: points_of(plots.after) };
  const ground = relief(plots.weights, NEAR);
  const path = line(plots.weights, 0);
  const places = marks(plots.weights, 0);
  const curve = line(plots.left, 0);
  let data;
  let descent;

  const restart = () => {
    const state = values();
    data = cloud(state);
    descent = new Descent(treated(data, state.treatment), state.pace, state.steps);
    drawn.before(data);
    drawn.after(treated(data, state.treatment));
    const { largest } = descent;
    ground.paint({ loss: (x, y) => descent.loss([x, y]) / largest, low: 0 });
    plots.left.rescale({ x: { range: [0, state.steps] } });
  };
  const show = () => {
    const [xs, ys] = [0, 1].map((axis) => descent.path.map((place) => place[axis]));
    path.setAttribute("d", line_path(plots.weights, xs, ys));
    places.setAttribute("d", marks_path(plots.weights, xs, ys, 0));
    curve.setAttribute("d", line_path(plots.left, [...descent.left.keys()], descent.left));
  };
  const { bar, shown, spoken, refresh, again } = player({
    model,
    restart,
    advance: () => (descent.step(), !descent.done),
    draw: show,
    reseed: () => new_seed(model),
    tell: () => tell(descent, treated(data, model.get("treatment")), model.get("treatment")),
  });
  pointing(plots.before, FARTHEST, (x, y) => change(model, { mean_x: x, mean_y: y }));
  model.on("change", again);
  restart();
  el.append(
    bar,
    element("div", { class: "lab-controls", role: "group", "aria-label": "The cloud and the run" }, ...controls(settings, model)),
    element("div", { class: "lab-pictures" }, ...Object.values(plots).map(({ picture }) => picture)),
    shown,
    spoken,
  ); // prettier-ignore
  refresh();
}

function pictures() {
  const square = (title, reach, first, second) =>
    axes({ title, height: 330, x: { range: [-reach, reach], label: first }, y: { range: [-reach, reach], label: second } });
  return {
    before: square("The cloud as it is: click or drag to move it", WIDE, "first feature", "second feature"),
    after: square("The cloud as the unit gets it", WIDE, "first input", "second input"),
    weights: square("The loss of two weights from above, with the path of descent", NEAR, "error of the first weight", "error of the second weight"),
    left: axes({
      title: "Excess loss that is left, by step",
      height: 330,
      x: { range: [0, 60], label: "steps" },
      y: { range: [1e-6, 10], log: true, label: "excess loss left" },
    }),
  };
} // prettier-ignore

/** Draws a cloud, two of its points with marks of their own. */
function points_of(plot) {
  const [all, ...followed] = [0, 1, 2].map((i) => marks(plot, i));
  all.setAttribute("fill-opacity", 0.35);
  followed.forEach((path) => path.setAttribute("class", "lab-examples"));
  return (points) => {
    const axis = (list, i) => list.map((point) => point[i]);
    all.setAttribute("d", marks_path(plot, axis(points, 0), axis(points, 1), 0));
    FOLLOWED.forEach((at, k) => {
      const [x, y] = points[at];
      followed[k].setAttribute("d", marks_path(plot, [x], [y], k + 1));
    });
  };
}

function tell(descent, points, treatment) {
  const { mean, variances, covariance } = statistics(points);
  const pair = (values) => values.map((value) => number(exact(value))).join(" and ");
  const what =
    `${TREATMENTS[treatment]}: means ${pair(mean)}, variances ${pair(variances)}, ` +
    `covariance ${number(exact(covariance))}; condition number ${number(descent.condition)}.`;
  const { left, diverged } = descent;
  if (diverged !== null) return `${what} Descent diverged at step ${diverged}.`;
  if (left.length === 1) return what;
  const few = left.findIndex((share) => share <= 0.01);
  const reached = few < 0 ? "" : ` One percent was reached at step ${few}.`;
  const count = left.length - 1;
  return `${what} After ${count === 1 ? "1 step" : `${count} steps`} ${number(exact(left.at(-1)))} of the excess loss is left.${reached}`;
} // prettier-ignore

/** What is a rounding error is 0. */
function exact(value) {
  return Math.abs(value) < 1e-9 ? 0 : value;
}

export default { render };
