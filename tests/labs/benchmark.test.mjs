// The two nets whose speed is compared do the same.

import assert from "node:assert/strict";
import { test } from "node:test";
import { measure, pair } from "../../benchmarks/labs/steps.mjs";

for (const activation of ["tanh", "relu"])
  test(`the net of objects and the engine take the same steps with ${activation}`, () => {
    const { ours, theirs, outputs } = pair({ sizes: [2, 8, 8, 1], activation, batch: 10 });
    const before = outputs()[0];
    for (let i = 0; i < 50; i++) [ours, theirs].forEach((step) => step());
    const [a, b] = outputs();
    assert.notDeepEqual(a, before);
    a.forEach((y, i) => assert.ok(Math.abs(y - b[i]) < 1e-12));
  });

test("measuring gives speeds and their ratio", () => {
  const { ours, theirs, ratio } = measure(
    { sizes: [2, 4, 1], activation: "tanh", batch: 2 },
    3,
    1e-3,
  );
  assert.ok(ours > 0 && theirs > 0 && ratio > 0);
});
