// Two-dimensional data sets: {x, labels, n, classes}, with x flat, two numbers an example.

/** Gaussian clouds of n points each. */
export function blobs(
  n,
  rng,
  {
    centers = [
      [-2, 0],
      [2, 0],
    ],
    std = 1,
  } = {},
) {
  return points(n, centers.length, (label) =>
    centers[label].map((middle) => middle + std * rng.standard_normal()),
  );
}

/** Two interleaved half circles of radius 1 with n points each, and Gaussian noise. */
export function moons(n, rng, { noise = 0.1 } = {}) {
  return points(n, 2, (label, i) => {
    const t = (Math.PI * i) / (n - 1);
    const [x, y] = [Math.cos(t), Math.sin(t)];
    const bare = label ? [1 - x, 0.5 - y] : [x, y];
    return bare.map((entry) => entry + noise * rng.standard_normal());
  });
}

/** Interleaved spiral arms of n points each, radius 0 to 1; the noise is on the angle, in radians. */
export function spiral(n, rng, { classes = 3, turns = 0.65, noise = 0.2 } = {}) {
  return points(n, classes, (label, i) => {
    const radius = i / (n - 1);
    const angle = 2 * Math.PI * (label / classes + turns * radius) + noise * rng.standard_normal();
    return [radius * Math.cos(angle), radius * Math.sin(angle)];
  });
}

function points(n, classes, at) {
  const x = new Float64Array(2 * n * classes);
  const labels = new Uint8Array(n * classes);
  for (let k = 0; k < n * classes; k++) {
    labels[k] = Math.floor(k / n);
    x.set(at(labels[k], k % n), 2 * k);
  }
  return { x, labels, n: n * classes, classes };
}
