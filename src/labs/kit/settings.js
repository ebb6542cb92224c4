// Settings of a lab: what each may be. A lab exports an object of them, by name:
//
//   { label, of: { value: "what the reader sees", ... }, start }          a choice
//   { label, from, to, start, log, digits, whole }                        a number
//   { label, start: true }                                                yes or no
//   { start: 1, from: 1, to: 2 ** 31, whole: true, hidden: true }         no control of its own

import { number } from "./numbers.js";

/** The value that a text stands for, or undefined if it is none. */
export function parse(setting, text) {
  if (setting.of) return Object.hasOwn(setting.of, text) ? text : undefined;
  if (typeof setting.start === "boolean")
    return text === "true" || (text === "false" ? false : undefined);
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?$/i.test(text)) return undefined;
  const number = Number(text);
  const whole = !setting.whole || Number.isInteger(number);
  return whole && number >= setting.from && number <= setting.to ? number : undefined;
}

/** The text of a value: short, and for numbers with as many digits as the setting shows. */
export function show(setting, value) {
  if (setting.of) return setting.of[value];
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (setting.whole) return String(value);
  return number(value, setting.digits ?? 2);
}

/** Defaults by name. */
export function starts(settings) {
  return Object.fromEntries(Object.entries(settings).map(([name, { start }]) => [name, start]));
}

/** What a model holds of the settings, by name. */
export function values_of(settings, model) {
  return Object.fromEntries(Object.keys(settings).map((name) => [name, model.get(name)]));
}

/** Give a model some values by name, and the address, too. */
export function change(model, values) {
  for (const [name, value] of Object.entries(values)) model.set(name, value);
  model.save_changes();
}

/** Go on to the next seed. */
export function new_seed(model) {
  change(model, { seed: 1 + (model.get("seed") % 1000) });
}

const NOTCHES = 100;

/** The place of a number on its slider, 0 to 100. */
export function to_notch({ from, to, log }, value) {
  const share = log ? Math.log(value / from) / Math.log(to / from) : (value - from) / (to - from);
  return Math.round(NOTCHES * share);
}

/** The number at a place of its slider, rounded to what is shown. */
export function from_notch(setting, notch) {
  const { from, to, log, whole, digits = 2 } = setting;
  const share = notch / NOTCHES;
  const value = log ? from * (to / from) ** share : from + (to - from) * share;
  if (whole) return Math.round(value);
  return Math.min(to, Math.max(from, Number(value.toPrecision(digits))));
}
