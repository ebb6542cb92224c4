// What the lab of the zig-zag computes.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Detour, NEAR } from "../../src/labs/detour.js";
import { starts } from "../../src/labs/kit/settings.js";
import { settings } from "../../src/labs/zigzag.js";

const run = (changes) => {
  const detour = new Detour({ ...starts(settings), steps: 1000, ...changes });
  while (!detour.done) detour.step();
  return detour;
};

test("on positive inputs each step on one example has one sign, on centered ones about half have", () => {
  const positive = run({ shift: 0.5 });
  assert.equal(positive.one_signed, positive.taken);
  const centered = run({ shift: 0, rate: 0.5 });
  assert.ok(Math.abs(centered.one_signed / centered.taken - 0.5) < 0.15);
});

test("the zig-zag costs length and steps", () => {
  const [far, centered] = [run({ shift: 2 }), run({ shift: 0, rate: 3 })];
  assert.ok(centered.arrived && far.detour > 2 * centered.detour);
  assert.ok(far.taken > centered.taken);
});

test("a target on the diagonal can be reached without a detour", () => {
  const { arrived, detour } = run({ target_x: 1, target_y: 1, rate: 0.05 });
  assert.ok(arrived);
  assert.ok(detour < 1.05, `${detour}`);
});

test("a run ends near the target, or where it flies off; the seed gives it again", () => {
  const arrived = run({ shift: 0, rate: 2 });
  assert.ok(arrived.distances.at(-1) < NEAR && arrived.distances.at(-2) >= NEAR);
  assert.ok(run({ rate: 10 }).diverged > 0);
  assert.deepEqual(run({}).path, run({}).path);
  assert.notDeepEqual(run({}).path, run({ seed: 2 }).path);
});
