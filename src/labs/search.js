// Lab: where to put the trials of a search for hyperparameters.

import { controls, element } from "./kit/elements.js";
import { number } from "./kit/numbers.js";
import { player } from "./kit/player.js";
import { axes, decades, line_path } from "./kit/plot.js";
import { relief } from "./kit/relief.js";
import { key, line, marks, marks_path } from "./kit/series.js";
import { new_seed, values_of } from "./kit/settings.js";
import { PLANS, Searches, profile } from "./plans.js";
import { labels } from "./rates.js";

const [HALF, A_FRAME] = [0.5, 5];
const SQUARE = { range: [-HALF, HALF], ticks: [-0.5, 0, 0.5] };

export const settings = {
  first: { label: "Plan", of: labels(PLANS), start: "grid" },
  second: { label: "Beside it", of: labels(PLANS), start: "random" },
  side: { label: "Trials, root of", from: 2, to: 7, whole: true, start: 3 },
  importance: { label: "Second matters", from: 0, to: 1, start: 0.05 },
  angle: { label: "Tilt (degrees)", from: 0, to: 90, whole: true, start: 0 },
  drawn: { label: "Rate is drawn", of: { ratio: "By ratio (log scale)", evenly: "Evenly" }, start: "ratio" },
  searches: { label: "Searches", from: 20, to: 2000, whole: true, start: 300 },
  seed: { label: "Seed", from: 1, to: 2 ** 31, whole: true, start: 1, hidden: true },
}; // prettier-ignore

function render({ model, el }) {
  const values = () => values_of(settings, model);
  const maps = [0, 1].map(map_of);
  const sides = [0, 1].map(side_of);
  const chart = axes({
    title: "What the best trial lacks, mean of all searches so far",
    height: 240,
    x: { range: [0, 100], label: "searches" },
    y: { range: [0.001, 0.1], log: true, label: "lacking, mean" },
  });
  const curves = [0, 1].map((i) => line(chart, i));
  const legend = key();
  let run;

  const restart = () => {
    run = new Searches(values());
    run.step();
    maps.forEach(({ ground }) => ground.paint({ loss: (x, y) => 10 * run.loss(x, y), low: 0 }));
    sides.forEach(({ hill }) => hill(run.loss));
  };
  const show = () => {
    legend.show(run.arms.map(({ plan }) => PLANS[plan].label));
    const shown = run.arms.flatMap(({ left }) => left);
    chart.rescale({ x: { range: [1, Math.max(run.limit, 2)] }, y: { range: decades(shown) } });
    run.arms.forEach(({ points, left }, i) => {
      maps[i].show(points);
      sides[i].show(points, run.loss);
      const searches = [...left.keys()].map((at) => at + 1);
      curves[i].setAttribute("d", line_path(chart, searches, left));
    });
  };
  const { bar, shown, spoken, refresh, again } = player({
    model,
    restart,
    advance: () => {
      for (let k = 0; k < A_FRAME && !run.done; k++) run.step();
      return !run.done;
    },
    step: () => run.done || run.step(),
    draw: show,
    reseed: () => new_seed(model),
    tell: () => tell(run, values()),
  });
  model.on("change", again);
  restart();
  const pictures = [...maps, ...sides].map(({ plot }) => plot.picture);
  el.append(
    bar,
    element("div", { class: "lab-controls", role: "group", "aria-label": "Settings" }, ...controls(settings, model)),
    legend.list,
    element("div", { class: "lab-pictures" }, ...pictures, chart.picture),
    shown,
    spoken,
  ); // prettier-ignore
  refresh();
}

const NAMES = ["first plan", "plan beside it"];

/** The trials of one search on the surface. */
function map_of(i) {
  const plot = axes({
    title: `The surface from above, with the trials of the ${NAMES[i]}`,
    height: 320,
    x: { ...SQUARE, label: "first (log of the rate)" },
    y: { ...SQUARE, label: "second" },
  });
  const ground = relief(plot, HALF);
  const places = marks(plot, i);
  const show = (points) => places.setAttribute("d", marks_path(plot, ...columns(points), i));
  return { plot, ground, show };
}

/** The same trials, seen from the first axis, on the least that is lacking there. */
function side_of(i) {
  const plot = axes({
    title: `The trials of the ${NAMES[i]}, seen from the first axis`,
    height: 170,
    x: { ...SQUARE, label: "first" },
    y: { range: [-0.3, 0.02], label: "best there" },
  });
  const outline = line(plot, 5);
  const places = marks(plot, i);
  const hill = (loss) => {
    const xs = Array.from({ length: 81 }, (_, k) => k / 80 - 0.5);
    outline.setAttribute("d", line_path(plot, xs, xs.map((x) => -profile(loss, x)))); // prettier-ignore
  };
  const show = (points, loss) => {
    const [xs] = columns(points);
    places.setAttribute("d", marks_path(plot, xs, xs.map((x) => -profile(loss, x)), i)); // prettier-ignore
  };
  return { plot, hill, show };
}

function columns(points) {
  return [0, 1].map((axis) => points.map((point) => point[axis]));
}

function tell({ arms, count }, { side }) {
  const [a, b] = arms;
  const name = ({ plan }) => PLANS[plan].label;
  const mean = ({ left }) => number(left.at(-1));
  const seen = ({ points }) => new Set(points.map(([x]) => x.toFixed(9))).size;
  const searches = count === 1 ? "one search" : `${count} searches`;
  return (
    `${side * side} trials. ${name(a)} tries ${seen(a)} values of the first, ${name(b)} ${seen(b)}. ` +
    `In ${searches} the best trial lacks, on average, ${mean(a)} with the first and ${mean(b)} with the other: ` +
    `${number(b.left.at(-1) / a.left.at(-1))} times as much.`
  );
}

export default { render };
