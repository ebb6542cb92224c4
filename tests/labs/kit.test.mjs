// What all labs share: settings and their texts, the address, the model, scales and numbers.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { Generator } from "../../src/labs/engine/random.js";
import { address, read } from "../../src/labs/kit/address.js";
import { Model } from "../../src/labs/kit/model.js";
import { number } from "../../src/labs/kit/numbers.js";
import { once } from "../../src/labs/kit/once.js";
import { scale } from "../../src/labs/kit/plot.js";
import {
  from_notch,
  new_seed,
  parse,
  show,
  starts,
  to_notch,
  values_of,
} from "../../src/labs/kit/settings.js";

const folder = new URL("../../src/labs/", import.meta.url);
const labs = readdirSync(folder)
  .filter((file) => file.endsWith(".js"))
  .filter((file) => readFileSync(new URL(file, folder), "utf8").includes("export default { render"))
  .map((file) => file.slice(0, -3));

const SETTINGS = {
  kind: { label: "Kind", of: { one: "The first", two: "The second" }, start: "one" },
  rate: { label: "Rate", from: 0.001, to: 10, log: true, start: 0.1 },
  size: { label: "Size", from: 1, to: 64, start: 8, whole: true },
  noise: { label: "Noise", start: false },
};

test("a setting takes what it allows and nothing else", () => {
  assert.equal(parse(SETTINGS.kind, "two"), "two");
  assert.equal(parse(SETTINGS.rate, "1e-2"), 0.01);
  assert.equal(parse(SETTINGS.size, "64"), 64);
  assert.equal(parse(SETTINGS.noise, "true"), true);
  const refused = {
    kind: ["three", "", "constructor", "__proto__"],
    rate: ["0", "-1", "11", "1e999", "NaN", "Infinity", "0x10", "1 ", "", "one", "1e-9999"],
    size: ["1.5", "0", "65", "8px"],
    noise: ["1", "yes", ""],
  };
  for (const [name, texts] of Object.entries(refused))
    for (const text of texts)
      assert.equal(parse(SETTINGS[name], text), undefined, `${name}=${text}`);
});

test("what a slider shows is where it stands", () => {
  for (const setting of [SETTINGS.rate, SETTINGS.size]) {
    assert.equal(from_notch(setting, to_notch(setting, setting.from)), setting.from);
    assert.equal(from_notch(setting, to_notch(setting, setting.to)), setting.to);
    for (let notch = 0; notch <= 100; notch++)
      assert.ok(Math.abs(to_notch(setting, from_notch(setting, notch)) - notch) <= 1);
  }
});

test("an address gives back the settings that made it, and leaves those of other labs", () => {
  const values = { kind: "two", rate: 0.25, size: 8, noise: true };
  const href = address("mine", SETTINGS, {}, values, "http://book/page.html?other.rate=3#part");
  assert.equal(
    href,
    "http://book/page.html?other.rate=3&mine.kind=two&mine.rate=0.25&mine.noise=true#part",
  );
  const found = read("mine", SETTINGS, {}, new URL(href).search);
  assert.deepEqual(found, { values, refused: [] });
  const plain = address("mine", SETTINGS, {}, starts(SETTINGS), href);
  assert.equal(plain, "http://book/page.html?other.rate=3#part");
});

test("the page's own settings hold unless the address says otherwise", () => {
  const given = { size: 16 };
  assert.equal(read("mine", SETTINGS, given, "").values.size, 16);
  assert.equal(read("mine", SETTINGS, given, "?mine.size=8").values.size, 8);
  const href = address("mine", SETTINGS, given, { ...starts(SETTINGS), size: 8 }, "http://book/");
  assert.equal(href, "http://book/?mine.size=8");
});

const PARTS = ["<script>alert(1)</script>", "javascript:alert(1)", "__proto__", "constructor", "1e308", "-1",
  "NaN", "%00", "\u202e", "'\"><img src=x onerror=alert(1)>", "9".repeat(400), "../../x", "", "true", "0.5",
  "3", "${7*7}", "\ud83d\ude00", "null", "[object Object]"]; // prettier-ignore

for (const lab of labs)
  test(`2000 addresses of nonsense leave the lab ${lab} with settings it allows`, async () => {
    const { settings } = await import(new URL(`${lab}.js`, folder));
    const rng = new Generator(1);
    const pick = (list) => list[rng.integer(list.length)];
    const names = [...Object.keys(settings), "__proto__", "toString", "no", ""];
    for (let i = 0; i < 2000; i++) {
      const query = new URLSearchParams();
      for (let k = rng.integer(5); k >= 0; k--) query.append(`${lab}.${pick(names)}`, pick(PARTS));
      const { values, refused } = read(lab, settings, {}, `?${query}`);
      assert.deepEqual(Object.keys(values), Object.keys(settings));
      for (const [name, value] of Object.entries(values))
        assert.equal(parse(settings[name], String(value)), value, `${name} of ${query}`);
      assert.ok(refused.every((text) => typeof text === "string" && text.length < 50));
    }
  });

for (const lab of labs)
  test(`the settings of the lab ${lab} start at what they allow`, async () => {
    const { settings, default: experiment } = await import(new URL(`${lab}.js`, folder));
    assert.equal(typeof experiment.render, "function");
    for (const [name, setting] of Object.entries(settings)) {
      assert.equal(parse(setting, String(setting.start)), setting.start, name);
      assert.ok(setting.hidden || setting.label, name);
      assert.ok(show(setting, setting.start).length > 0, name);
    }
  });

test("labs load nothing from elsewhere and make no markup of texts", () => {
  const files = readdirSync(folder, { recursive: true }).filter((file) => file.endsWith(".js"));
  assert.ok(files.length > 20);
  for (const file of files) {
    const text = readFileSync(new URL(file, folder), "utf8");
    for (const wrong of ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("])
      assert.ok(!text.includes(wrong), `${file}: ${wrong}`);
    const urls = [...text.matchAll(/https?:\/\/[^"'`\s]+/g)].map(([url]) => url);
    assert.deepEqual(
      urls.filter((url) => !url.startsWith("http://www.w3.org/")),
      [],
      file,
    );
  }
});

test("the model tells of changes once, and saves only if there are any", () => {
  const told = [];
  const saved = [];
  const model = new Model({ a: 1, b: 2 }, (values) => saved.push(values));
  const listen = () => told.push(model.get("a"));
  model.on("change:a", listen);
  model.set("a", 1);
  model.save_changes();
  assert.deepEqual([told, saved], [[], []]);
  model.set("a", 3);
  model.save_changes();
  model.save_changes();
  model.off("change:a", listen);
  model.set("a", 4);
  assert.deepEqual([told, saved], [[3], [{ a: 3, b: 2 }]]);
});

test("a new seed is another one, and is saved; the values are those of the settings", () => {
  const saved = [];
  const model = new Model({ seed: 1000, other: 2 }, (values) => saved.push(values));
  new_seed(model);
  new_seed(model);
  assert.deepEqual(saved.map(({ seed }) => seed), [1, 2]); // prettier-ignore
  assert.deepEqual(values_of({ seed: {} }, model), { seed: 2 });
});

test("scales go there and back, and their ticks are round and inside", () => {
  for (const log of [false, true]) {
    const at = scale([0.002, 40], [10, 210], log);
    for (const x of [0.002, 0.1, 3, 40]) assert.ok(Math.abs(at.invert(at(x)) / x - 1) < 1e-12);
    assert.equal(at(0.002), 10);
    assert.equal(at(40), 210);
    assert.ok(at.ticks.length >= 3 && at.ticks.length <= 8);
    at.ticks.forEach((tick) => assert.ok(tick >= 0.002 && tick <= 40, `${tick}`));
  }
  assert.deepEqual(scale([-2.5, 2.5], [0, 1]).ticks, [-2, -1, 0, 1, 2]);
  assert.deepEqual(scale([1e-6, 10], [0, 1], true).ticks, [1e-6, 1e-4, 0.01, 1]);
});

test("numbers are short, with a real minus sign and raised powers", () => {
  const texts = {
    0.0024: 0.0024,
    "2.4\u00a0\u00d7\u00a010\u207b\u2076": 2.4e-6,
    "\u22121.5": -1.53,
    "10\u207b\u2074": 1e-4,
    1200: 1234,
    "1.2\u00a0\u00d7\u00a010\u2077": 1.23e7,
    0: 0,
    "not a number": NaN,
    infinite: Infinity,
  };
  for (const [text, value] of Object.entries(texts)) assert.equal(number(value), text);
});

test("settings that change together are one change, and the next is another", async () => {
  let count = 0;
  const model = new Model({ x: 0, y: 0 });
  model.on(
    "change",
    once(() => (count += 1)),
  );
  model.set("x", 1);
  model.set("y", 2);
  assert.equal(count, 0);
  await Promise.resolve();
  assert.equal(count, 1);
  model.set("x", 3);
  await Promise.resolve();
  assert.equal(count, 2);
});
