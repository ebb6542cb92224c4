// Puts a lab into its figure: settings from the page and from the address, then the lab's own render.

import { Model } from "./kit/model.js";
import { read, write } from "./kit/address.js";

const NAME = /^[a-z-]+$/;

/** Start the lab that a figure names, in place of its picture. */
export async function mount(figure) {
  const { lab } = figure.dataset;
  if (!NAME.test(lab)) throw new Error(`no lab is called ${lab}`);
  await style();
  const { default: experiment, settings } = await import(`./${lab}.js`);
  const given = JSON.parse(figure.dataset.state || "{}");
  const { values, refused } = read(lab, settings, given, location.search);
  const model = new Model(values, (changed) => write(lab, settings, given, changed));
  const el = document.createElement("div");
  el.className = "lab-live";
  await experiment.render({ model, el });
  if (refused.length) el.prepend(complaint(refused));
  figure.querySelector(".lab-still").open = false;
  figure.querySelector(".lab-note").hidden = true;
  figure.prepend(el);
  figure.classList.add("lab-started");
}

/** Which settings of the address were not taken; their text is shown as text. */
function complaint(refused) {
  const line = document.createElement("p");
  line.className = "lab-complaint";
  line.setAttribute("role", "status");
  line.textContent = `Not understood in the address, and left at the default: ${refused.join(", ")}.`;
  return line;
}

let styled;

function style() {
  styled ??= new Promise((resolve, reject) => {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = new URL("./labs.css", import.meta.url);
    link.onload = resolve;
    link.onerror = () => reject(new Error("labs.css did not load"));
    document.head.append(link);
  });
  return styled;
}
