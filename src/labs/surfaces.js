// Losses of two parameters, on [-2.5, 2.5] x [-2.5, 2.5], with their gradients. All are scaled so that
// the same learning rates are worth trying on each.

const [STEEP, FLAT, TILT] = [1, 0.01, 0.5];
const [C, S] = [Math.cos(TILT), Math.sin(TILT)];

/** The valley of the chapter: curvature 1 along one direction, 1/100 across it. */
const ravine = quadratic(
  STEEP * C * C + FLAT * S * S,
  (STEEP - FLAT) * C * S,
  STEEP * S * S + FLAT * C * C,
);

/** Inputs and targets of the net: a curve that one tanh unit fits, but for the noise. */
const DATA = [-2, -1.5, -1.1, -0.7, -0.4, -0.1, 0.2, 0.5, 0.8, 1.2, 1.6, 2].map((x, i) => [
  x,
  1.2 * Math.tanh(1.5 * x) + 0.15 * Math.sin(7 * i),
]);

export const SURFACES = {
  bowl: quadratic(1, 0, 0.5),
  ravine,
  saddle: {
    loss: (x, y) => (x * x - y * y) / 2 + y ** 4 / 4,
    grad: (x, y) => [x, y ** 3 - y],
    low: -0.25,
  },
  rosenbrock: {
    loss: (x, y) => ((1 - x) ** 2 + 20 * (y - x * x) ** 2) / 100,
    grad: (x, y) => [(-2 * (1 - x) - 80 * x * (y - x * x)) / 100, (40 * (y - x * x)) / 100],
    low: 0,
  },
  net: {
    loss: (u, v) =>
      DATA.reduce((sum, [x, t]) => sum + (v * Math.tanh(u * x) - t) ** 2, 0) / DATA.length,
    grad: net_grad,
    low: 0,
  },
};

/** The net is v tanh(u x): one weight before the activation and one behind it. */
function net_grad(u, v) {
  let [du, dv] = [0, 0];
  for (const [x, t] of DATA) {
    const h = Math.tanh(u * x);
    const error = (2 * (v * h - t)) / DATA.length;
    du += error * v * (1 - h * h) * x;
    dv += error * h;
  }
  return [du, dv];
}

/** (a x^2 + 2 b x y + c y^2) / 2. */
function quadratic(a, b, c) {
  return {
    loss: (x, y) => (a * x * x + 2 * b * x * y + c * y * y) / 2,
    grad: (x, y) => [a * x + b * y, b * x + c * y],
    low: 0,
  };
}
