// Elements of a page, and controls that are bound to settings.

import { change, from_notch, show, to_notch } from "./settings.js";

let count = 0;
const fresh = () => `lab-control-${++count}`;

/** An element with attributes and children; texts become text, never markup. */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes))
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== undefined) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** A button that says what it does. */
export function button(text, onclick, attributes = {}) {
  return element("button", { type: "button", onclick, ...attributes }, text);
}

/** A labelled control for each setting that is not hidden; `names` chooses some, in order. */
export function controls(settings, model, names = Object.keys(settings)) {
  return names
    .filter((name) => !settings[name].hidden)
    .map((name) => control(settings[name], name, model));
}

function control(setting, name, model) {
  const id = fresh();
  if (setting.of) return choice(setting, name, model, id);
  if (typeof setting.start === "boolean") return tick(setting, name, model, id);
  return slider(setting, name, model, id);
}

function choice(setting, name, model, id) {
  const options = Object.entries(setting.of).map(([value, text]) =>
    element("option", { value }, text),
  );
  const onchange = () => change(model, { [name]: select.value });
  const select = element("select", { id, onchange }, ...options);
  const refresh = () => (select.value = model.get(name));
  model.on(`change:${name}`, refresh);
  refresh();
  return field(setting.label, id, select);
}

function tick(setting, name, model, id) {
  const onchange = () => change(model, { [name]: box.checked });
  const box = element("input", { type: "checkbox", id, onchange });
  const refresh = () => (box.checked = model.get(name));
  model.on(`change:${name}`, refresh);
  refresh();
  return element("div", { class: "lab-field lab-tick" }, box, label(setting.label, id));
}

function slider(setting, name, model, id) {
  const oninput = () => change(model, { [name]: from_notch(setting, Number(range.value)) });
  const range = element("input", {
    type: "range",
    id,
    min: 0,
    max: 100,
    step: notch(setting),
    oninput,
  });
  const shown = element("output", { for: id });
  const refresh = () => {
    const text = show(setting, model.get(name));
    range.value = to_notch(setting, model.get(name));
    range.setAttribute("aria-valuetext", text);
    shown.textContent = text;
  };
  model.on(`change:${name}`, refresh);
  refresh();
  return field(setting.label, id, range, shown);
}

/** One press of an arrow key moves a whole number by one. */
function notch({ from, to, whole, log }) {
  return whole && !log ? 100 / (to - from) : 1;
}

function field(text, id, ...inputs) {
  return element("div", { class: "lab-field" }, label(text, id), ...inputs);
}

function label(text, id) {
  return element("label", { for: id }, text);
}
