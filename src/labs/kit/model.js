// The state of a lab, with the part of anywidget's model that labs use.

export class Model {
  #values;
  #changed = {};
  #listeners = {};
  #save;

  /** Values by name, and a function that is told all of them when they are saved. */
  constructor(values, save = () => {}) {
    this.#values = { ...values };
    this.#save = save;
  }

  get(name) {
    return this.#values[name];
  }

  set(name, value) {
    if (Object.is(this.#values[name], value)) return;
    this.#values[name] = value;
    this.#changed[name] = true;
    for (const event of [`change:${name}`, "change"])
      (this.#listeners[event] ?? []).forEach((listener) => listener());
  }

  on(event, listener) {
    (this.#listeners[event] ??= []).push(listener);
  }

  off(event, listener) {
    this.#listeners[event] = (this.#listeners[event] ?? []).filter((own) => own !== listener);
  }

  save_changes() {
    if (Object.keys(this.#changed).length) this.#save({ ...this.#values });
    this.#changed = {};
  }
}
