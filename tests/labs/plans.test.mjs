// What the lab of search computes, beside what can be worked out.

import assert from "node:assert/strict";
import { test } from "node:test";
import { starts } from "../../src/labs/kit/settings.js";
import { PLANS, Searches, lack, profile } from "../../src/labs/plans.js";
import { Generator } from "../../src/labs/engine/random.js";
import { settings } from "../../src/labs/search.js";

const run = (changes) => {
  const searches = new Searches({ ...starts(settings), searches: 2000, ...changes });
  while (!searches.done) searches.step();
  return searches.arms.map(({ left }) => left.at(-1));
};
const near = (a, b, limit) => assert.ok(Math.abs(a / b - 1) < limit, `${a} is not ${b}`);

test("what is left is what theory says, if one axis matters and if both do", () => {
  const [grid, random] = run({ importance: 0 });
  near(grid, 1 / (12 * 9), 0.06);
  near(random, 1 / (2 * 10 * 11), 0.12);
  const [both, apart] = run({ importance: 1 });
  near(both, 1 / (6 * 9), 0.06);
  near(apart, 1 / (Math.PI * 10), 0.08);
});

test("a grid has its root of values on an axis, the others all", () => {
  for (const [plan, count] of [["grid", 4], ["random", 16], ["lattice", 16]]) {
    const points = PLANS[plan].points(4, new Generator(3));
    assert.equal(points.length, 16);
    assert.equal(new Set(points.map(([x]) => x.toFixed(9))).size, count);
    assert.ok(points.flat().every((at) => at >= 0 && at < 1));
  }
}); // prettier-ignore

test("nine tenths of a rate that is drawn evenly lie in its last factor of 10", () => {
  const searches = new Searches({
    ...starts(settings),
    drawn: "evenly",
    first: "lattice",
    side: 7,
  });
  searches.step();
  const high = searches.arms[0].points.filter(([x]) => x > 0.5 - 1 / 7).length;
  assert.ok(high >= 43 && high <= 46, `${high} of 49`);
});

test("a tilt by a right angle makes the other axis the one that matters", () => {
  const [straight, turned] = [0, 90].map((angle) => lack({ angle, importance: 0.1 }));
  assert.ok(Math.abs(straight(0.2, -0.3) - turned(0.3, 0.2)) < 1e-12);
  assert.ok(Math.abs(profile(straight, 0.4) - 0.16) < 1e-12);
  assert.ok(profile(turned, 0.4) < 0.017);
});
