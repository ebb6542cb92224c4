// Lab: a race of optimizers on surfaces of two parameters.

import { controls, element } from "./kit/elements.js";
import { player } from "./kit/player.js";
import { number } from "./kit/numbers.js";
import { axes, draw, line_path } from "./kit/plot.js";
import { pointing } from "./kit/pointing.js";
import { relief } from "./kit/relief.js";
import { color, line, sample } from "./kit/series.js";
import { change, values_of } from "./kit/settings.js";
import { METHODS, Race } from "./race.js";
import { SCHEDULES, labels } from "./rates.js";

const REACH = 2.5;
const FIRST = ["sgd", "momentum", "adam"];

export const settings = {
  surface: {
    label: "Landscape",
    of: {
      ravine: "Ravine",
      bowl: "Bowl",
      saddle: "Saddle",
      rosenbrock: "Rosenbrock",
      net: "Net: v tanh(u x)",
    },
    start: "ravine",
  },
  schedule: {
    label: "Schedule",
    of: labels(SCHEDULES),
    start: "constant",
  },
  steps: { label: "Steps", from: 20, to: 400, start: 50, whole: true },
  start_x: { label: "Start, first", from: -REACH, to: REACH, start: -2 },
  start_y: { label: "Start, second", from: -REACH, to: REACH, start: 1.6 },
  ...Object.fromEntries(
    Object.entries(METHODS).flatMap(([name, { label, rate }]) => [
      [name, { label, start: FIRST.includes(name) }],
      [`${name}_rate`, { label: `Rate of ${label}`, from: 0.001, to: 10, log: true, start: rate }],
    ]),
  ),
};

function render({ model, el }) {
  let race;
  const values = () => values_of(settings, model);
  const map = axes({
    title: "The landscape from above, with the paths of the optimizers",
    height: 340,
    x: { range: [-REACH, REACH], label: "first parameter" },
    y: { range: [-REACH, REACH], label: "second parameter" },
  });
  const chart = axes({
    title: "Loss by step",
    height: 340,
    x: { range: [0, 100], label: "steps" },
    y: { range: [1e-6, 10], log: true, label: "loss above the lowest" },
  });
  const ground = relief(map, REACH);
  const paths = lines(map);
  const curves = lines(chart);
  const head = draw("g");
  map.layer.append(head);
  const legend = table(model);

  const start = () => {
    race = new Race(values());
    ground.paint(race.surface);
    chart.rescale({ x: { range: [0, race.steps] }, y: { range: span(race) } });
  };
  const show = () => {
    head.replaceChildren(...race.runners.map((runner) => dot(map, runner)));
    for (const name in METHODS) {
      const runner = race.runners.find((own) => own.name === name);
      paths[name].setAttribute("d", runner ? line_path(map, runner.xs, runner.ys) : "");
      curves[name].setAttribute("d", runner ? curve(chart, race, runner) : "");
      legend.show(name, runner);
    }
  };
  const { bar, shown, spoken, refresh, again } = player({
    model,
    advance: () => race.advance(),
    draw: show,
    restart: start,
    tell: () => tell(race, model.get("schedule")),
  });

  pointing(map, REACH, (x, y) => change(model, { start_x: x, start_y: y }));
  model.on("change", again);
  start();
  el.append(
    bar,
    element("div", { class: "lab-pictures" }, map.picture, chart.picture),
    shown,
    spoken,
    legend.table,
    element(
      "div",
      { class: "lab-controls", role: "group", "aria-label": "Settings" },
      ...controls(settings, model, ["surface", "schedule", "steps", "start_x", "start_y"]),
    ),
  );
  refresh();
}

/** A path for each method, in its color and dashes. */
function lines(plot) {
  return Object.fromEntries(
    Object.keys(METHODS).map((name, i) => [name, line(plot, i)]),
  ); // prettier-ignore
}

function dot(map, { name, xs, ys }) {
  const i = Object.keys(METHODS).indexOf(name);
  const [cx, cy] = [map.x(xs.at(-1)), map.y(ys.at(-1))];
  return draw("circle", { cx, cy, r: 4, fill: color(i) });
}

/** The least loss of a surface may be below 0: what is drawn is the distance to it. */
function above(race, loss) {
  return Math.max(loss - race.surface.low, 1e-12);
}

function curve(chart, race, { losses }) {
  const steps = losses.map((_, step) => step);
  return line_path(
    chart,
    steps,
    losses.map((loss) => above(race, loss)),
  );
}

function span(race) {
  const first = above(race, race.first_loss);
  const top = 10 ** Math.ceil(Math.log10(Math.max(first, 1e-3)) + 0.5);
  return [top * 1e-7, top];
}

/** One row a method: whether it runs, its line, its rate, its loss. */
function table(model) {
  const cells = {};
  const rows = Object.entries(METHODS).map(([name], i) => {
    const [tick, rate] = controls(settings, model, [name, `${name}_rate`]);
    rate.firstChild.className = "lab-hidden";
    cells[name] = element("td", { class: "lab-number" });
    return element(
      "tr",
      {},
      element("th", { scope: "row" }, tick),
      element("td", {}, sample(i)),
      element("td", {}, rate),
      cells[name],
    );
  });
  const head = ["Method", "Line", "Learning rate", "Loss"].map((text) =>
    element("th", { scope: "col" }, text),
  );
  return {
    table: element("table", { class: "lab-legend" }, element("thead", {}, element("tr", {}, ...head)), element("tbody", {}, ...rows)), // prettier-ignore
    show: (name, runner) => {
      cells[name].textContent = runner ? outcome(runner) : "";
    },
  };
}

function outcome({ diverged, losses }) {
  return diverged === null ? number(losses.at(-1)) : `diverged at step ${diverged}`;
}

function tell(race, schedule) {
  const { runners, step_count } = race;
  if (!runners.length) return "No optimizer is chosen.";
  if (step_count === 0) return `At the start the loss is ${number(race.first_loss)}.`;
  const alive = runners.filter(({ diverged }) => diverged === null);
  const order = [...alive].sort((a, b) => a.losses.at(-1) - b.losses.at(-1));
  const places = order.map(({ name, losses }) => `${METHODS[name].label} ${number(losses.at(-1))}`);
  const gone = runners
    .filter(({ diverged }) => diverged !== null)
    .map(({ name, diverged }) => `${METHODS[name].label} diverged at step ${diverged}.`);
  const list = places.length ? `Loss, lowest first: ${places.join(", ")}.` : "";
  const rate = settings.schedule.of[schedule].toLowerCase();
  return [
    `After ${step_count} ${step_count === 1 ? "step" : "steps"}, schedule ${rate}.`,
    list,
    ...gone,
  ].join(" ");
}

export default { render };
