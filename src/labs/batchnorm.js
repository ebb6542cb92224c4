// Lab: batch norm in training and at test, and how to ruin a good net with it.

import { controls, element } from "./kit/elements.js";
import { number } from "./kit/numbers.js";
import { axes, line_path } from "./kit/plot.js";
import { color, key, line } from "./kit/series.js";
import { simulated } from "./kit/simulated.js";
import { violin } from "./kit/violin.js";
import { RANGE } from "./norming.js";
import { territory } from "./territory.js";

const STEPS_A_FRAME = 2;
const ORDERS = { mixed: "Mixed", alike: "One class a batch" };
const WAYS = ["Running statistics", "Those of its test batch", "Those of all new examples"];

export const settings = {
  batch: { label: "Batch", from: 2, to: 64, whole: true, start: 16 },
  order: { label: "Batches", of: ORDERS, start: "mixed" },
  test_batch: { label: "Test batch", from: 1, to: 64, whole: true, start: 4 },
  test_order: { label: "Test batches", of: ORDERS, start: "mixed" },
  momentum: { label: "Weight m of a batch", from: 0.001, to: 1, log: true, start: 0.1 },
  updated: { label: "Running statistics are updated", start: true },
  depth: { label: "Hidden layers", from: 1, to: 6, whole: true, start: 2 },
  rate: { label: "Learning rate", from: 0.001, to: 1, log: true, start: 0.05 },
  steps: { label: "Steps", from: 50, to: 1000, whole: true, start: 200 },
  seed: { label: "Seed", from: 1, to: 2 ** 31, whole: true, start: 1, hidden: true },
};

async function render({ model, el }) {
  const map = territory();
  const chart = axes({
    title: "Accuracy on new examples by step, by the statistics that batch norm takes",
    height: 330,
    x: { range: [0, 100], label: "steps" },
    y: { range: [0, 100], label: "accuracy on new examples (%)" },
  });
  const seen = axes({
    title: "What each batch norm puts out, before gamma and beta, layer by layer",
    height: 240,
    x: { range: [0.5, 2.5], label: "batch norm" },
    y: { range: RANGE, label: "normalized sums" },
  });
  const curves = [0, 1, 2].map((i) => line(chart, i));
  const shapes = [0, 1].map((i) => line(seen, i, { fill: color(i), stroke: "none" }));
  const legend = key();
  legend.show(WAYS);

  const show = (state) => {
    const { checks, running_bins, own_bins } = state;
    map.show(state.map, state.data);
    chart.rescale({ x: { range: [0, model.get("steps")] } });
    [checks.running, checks.batch, checks.training].forEach((shares, i) => {
      const percent = shares.map((share) => 100 * share);
      curves[i].setAttribute("d", line_path(chart, checks.steps, percent));
    });
    const layers = [...running_bins.keys()].map((at) => at + 1);
    seen.rescale({ x: { range: [0.4, layers.length + 0.6], ticks: layers } });
    [running_bins, own_bins].forEach((bins, i) => {
      const path = bins.map((counts, at) => violin(seen, at + 1, counts, RANGE, i)).join("");
      shapes[i].setAttribute("d", path);
    });
  };
  const { bar, shown, spoken, refresh, again } = await simulated({
    module: "norming",
    settings,
    model,
    steps: () => STEPS_A_FRAME,
    draw: show,
    tell,
  });
  model.on("change", again);
  const hint =
    "Right: normalized by the statistics of all examples, as in training. Left: by the running ones.";
  el.append(
    bar,
    element("div", { class: "lab-controls", role: "group", "aria-label": "Training and test" }, ...controls(settings, model)),
    legend.list,
    element("div", { class: "lab-pictures" }, map.plot.picture, chart.picture, seen.picture, element("p", { class: "lab-hint" }, hint)),
    shown,
    spoken,
  ); // prettier-ignore
  refresh();
}

function tell({ step, diverged, checks }, { test_batch, test_order }) {
  if (diverged !== null) return `Diverged at step ${diverged}.`;
  const [running, batch, all] = [checks.running, checks.batch, checks.training].map(
    (shares) => `${number(100 * shares.at(-1), 3)}%`,
  );
  const company = test_order === "mixed" ? "mixed" : "of one class";
  return (
    `After ${step === 1 ? "1 step" : `${step} steps`}. Right on new examples: ${running} with running statistics, ` +
    `${batch} with those of test batches of ${test_batch}, ${company}, ${all} with those of all new examples.`
  );
}

export default { render };
