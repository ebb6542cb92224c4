// Settings in the address of the page: ?optimizers.rate=0.1&optimizers.surface=saddle. Only what differs
// from the page's own settings is written, so that a plain address stays plain.

import { parse, starts } from "./settings.js";

/** Values for a lab from the page and the address, and the parts of the address that are none. */
export function read(lab, settings, given, search) {
  const values = { ...starts(settings), ...given };
  const refused = [];
  for (const [key, text] of new URLSearchParams(search)) {
    const [owner, name] = split(key);
    if (owner !== lab) continue;
    const value = Object.hasOwn(settings, name) ? parse(settings[name], text) : undefined;
    if (value === undefined) refused.push(short(`${name}=${text}`));
    else values[name] = value;
  }
  return { values, refused };
}

/** The address with the settings of a lab, those of other labs kept. */
export function address(lab, settings, given, values, href) {
  const url = new URL(href);
  const kept = [...url.searchParams].filter(([key]) => split(key)[0] !== lab);
  const plain = { ...starts(settings), ...given };
  const own = Object.keys(settings)
    .filter((name) => values[name] !== plain[name])
    .map((name) => [`${lab}.${name}`, String(values[name])]);
  url.search = new URLSearchParams([...kept, ...own]).toString();
  return url.href;
}

/** Write the settings of a lab into the address of the page, without a step back in its history. */
export function write(lab, settings, given, values) {
  const next = address(lab, settings, given, values, location.href);
  if (next !== location.href) history.replaceState(history.state, "", next);
}

function split(key) {
  const at = key.indexOf(".");
  return [key.slice(0, at), key.slice(at + 1)];
}

function short(text) {
  return text.length > 40 ? `${text.slice(0, 40)}...` : text;
}
