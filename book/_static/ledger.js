// The ledger: search, filters and order of its rows. What is chosen is kept in the address, so that it can be shared.

const ledger = document.querySelector(".ledger");
const table = ledger.querySelector("table");
const body = table.tBodies[0];
const start = { search: "", chapter: "", verdict: "", order: "claim" };

const named = (row, prefix) =>
  [...row.classList].find((name) => name.startsWith(prefix))?.slice(prefix.length) ?? "";
const text = (box) => box?.textContent.replace(/\s+/g, " ").trim() ?? "";

// As it is typed: no capitals, straight quotes, a hyphen for a minus.
const plain = (words) => words.toLowerCase().replace(/[‘’]/g, "'").replace(/−/g, "-");

const rows = [...body.rows].map((row, claim) => ({
  row,
  claim,
  text: plain(text(row)),
  chapter: named(row, "in-"),
  chapterTitle: text(row.cells[0].querySelector("p + p")),
  source: text(row.cells[2]),
  verdict: named(row, "is-"),
  verdictTitle: text(row.cells[4].querySelector(".verdict")).replace(/^\W+/, ""),
}));

// Chapters in the order of their first claims, verdicts from good to bad.
const VERDICTS = [
  "holds",
  "holds-in-part",
  "not-at-this-scale",
  "refuted-as-stated",
  "undecided",
  "no-card",
];
const unique = (key, title) => new Map(rows.filter((r) => r[key]).map((r) => [r[key], r[title]]));
const chapters = unique("chapter", "chapterTitle");
const titles = unique("verdict", "verdictTitle");
const verdicts = new Map(VERDICTS.filter((v) => titles.has(v)).map((v) => [v, titles.get(v)]));

const rank = {
  claim: (r) => r.claim,
  chapter: (r) => (r.chapter ? [...chapters.keys()].indexOf(r.chapter) : rows.length),
  source: (r) => r.source || "\uffff",
  verdict: (r) => VERDICTS.indexOf(r.verdict),
};
const ORDERS = new Map([
  ["claim", "number"],
  ["chapter", "chapter"],
  ["source", "source"],
  ["verdict", "verdict"],
]);

// --- what stands above the table

const count = (key, value) => rows.filter((r) => r[key] === value).length;

const labeled = (label, control) => {
  const box = document.createElement("div");
  control.id = `ledger-${control.name}`;
  box.append(
    Object.assign(document.createElement("label"), { htmlFor: control.id, textContent: label }),
    control,
  );
  return box;
};

const choice = (name, options, all) => {
  const select = Object.assign(document.createElement("select"), { name });
  if (all) select.add(new Option(all, ""));
  options.forEach((title, value) =>
    select.add(new Option(all ? `${title} (${count(name, value)})` : title, value)),
  );
  return select;
};

const form = Object.assign(document.createElement("form"), { className: "ledger-controls" });
form.setAttribute("role", "search");
form.setAttribute("aria-label", "The ledger");
const input = Object.assign(document.createElement("input"), {
  type: "search",
  name: "search",
  autocomplete: "off",
});
form.append(
  labeled("Search", input),
  labeled("Chapter", choice("chapter", chapters, "All chapters")),
  labeled("Verdict", choice("verdict", verdicts, "All verdicts")),
  labeled("Order by", choice("order", ORDERS)),
  Object.assign(document.createElement("button"), { type: "reset", textContent: "Show all" }),
);
const status = Object.assign(document.createElement("p"), { className: "ledger-status" });
status.setAttribute("role", "status");
ledger.prepend(form, status);

// --- state, the address, and the table

let state = { ...start };

const read = () => {
  const given = Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
  const known = { chapter: chapters, verdict: verdicts, order: ORDERS };
  const valid = ([key, value]) =>
    key in start && (!known[key] || known[key].has(value.replace(/^-/, "")));
  return { ...start, ...Object.fromEntries(Object.entries(given).filter(valid)) };
};

const address = () => {
  const chosen = Object.entries(state).filter(([key, value]) => value !== start[key]);
  return chosen.length ? `#${new URLSearchParams(chosen)}` : location.pathname + location.search;
};

let announcing;
const announce = (message) => {
  // Not at every key: a screen reader would read all of them.
  clearTimeout(announcing);
  announcing = setTimeout(() => (status.textContent = message), 300);
};

const show = () => {
  const words = plain(state.search).split(/\s+/).filter(Boolean);
  const order = state.order.replace(/^-/, "");
  const sign = state.order.startsWith("-") ? -1 : 1;
  const fits = (r) =>
    words.every((word) => r.text.includes(word)) &&
    (!state.chapter || r.chapter === state.chapter) &&
    (!state.verdict || r.verdict === state.verdict);
  const by = (a, b) => {
    const [x, y] = [rank[order](a), rank[order](b)];
    return sign * (x < y ? -1 : x > y ? 1 : 0) || a.claim - b.claim;
  };
  rows.forEach((r) => (r.row.hidden = !fits(r)));
  body.append(...[...rows].sort(by).map((r) => r.row));
  heads.forEach((head, name) => {
    if (name === order) head.setAttribute("aria-sort", sign > 0 ? "ascending" : "descending");
    else head.removeAttribute("aria-sort");
  });
  const shown = rows.filter((r) => !r.row.hidden).length;
  table.hidden = !shown;
  announce(
    shown
      ? `${shown} of ${rows.length} claims`
      : `0 of ${rows.length} claims: take back a word or a filter`,
  );
};

const fill = () => {
  Object.entries(state).forEach(
    ([key, value]) =>
      (form.elements[key].value = key === "order" ? value.replace(/^-/, "") : value),
  );
};

const choose = (changes) => {
  state = { ...state, ...changes };
  history.replaceState(null, "", address());
  show();
};

// --- headers that sort

const heads = new Map();
[
  ["claim", 0],
  ["source", 2],
  ["verdict", 4],
].forEach(([name, column]) => {
  const head = table.tHead.rows[0].cells[column];
  const button = Object.assign(document.createElement("button"), {
    type: "button",
    textContent: text(head),
  });
  button.addEventListener("click", () => {
    choose({ order: state.order === name ? `-${name}` : name });
    fill();
  });
  head.replaceChildren(button);
  heads.set(name, head);
});

form.addEventListener("input", ({ target }) => choose({ [target.name]: target.value }));
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("reset", (event) => {
  event.preventDefault();
  choose({ ...start });
  fill();
  input.focus();
});

const restore = () => {
  if (location.hash && !location.hash.includes("=")) return;
  state = read();
  fill();
  show();
};
addEventListener("hashchange", () => {
  restore();
  if (location.hash.includes("=")) form.scrollIntoView({ block: "start" });
});

// Cards on a phone are still a table to a screen reader.
[
  ["table", "table"],
  ["thead, tbody", "rowgroup"],
  ["tr", "row"],
  ["th", "columnheader"],
  ["td", "cell"],
].forEach(([tags, role]) =>
  [table, ...table.querySelectorAll("*")]
    .filter((x) => x.matches(tags))
    .forEach((x) => x.setAttribute("role", role)),
);
restore();
