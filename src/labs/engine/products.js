// Products of matrices in flat typed arrays, row after row.

const TILE = 4;

/** y (n, q) = x (n, p) W (p, q). */
export function matmul(x, W, y, n, p, q) {
  product(x, p, 1, W, y, n, p, q);
}

/** dW (p, q) = x^T dy, with x of shape (n, p) and dy of shape (n, q). */
export function matmul_tn(x, dy, dW, n, p, q) {
  product(x, 1, p, dy, dW, p, n, q);
}

/** W^T (q, p) of W (p, q), into `out`. */
export function transpose(W, out, p, q) {
  for (let k = 0, at = 0; k < p; k++) for (let j = 0; j < q; j++) out[j * p + k] = W[at++];
}

/** y (n, q) += b in each row. */
export function add_bias(y, b, n, q) {
  for (let i = 0, at = 0; i < n; i++) for (let j = 0; j < q; j++) y[at++] += b[j];
}

/** s (q) = the sum of the rows of dy (n, q). */
export function sum_rows(dy, s, n, q) {
  s.fill(0);
  for (let i = 0, at = 0; i < n; i++) for (let j = 0; j < q; j++) s[j] += dy[at++];
}

/**
 * y[i, j] = sum over m < terms of x[i down + m across] W[m, j].
 *
 * Tiles of 4 x 4 entries are summed at once: eight numbers are read for sixteen products.
 */
function product(x, down, across, W, y, rows, terms, q) {
  const tall = rows - (rows % TILE);
  const wide = q - (q % TILE);
  for (let i = 0; i < tall; i += TILE)
    for (let j = 0; j < wide; j += TILE)
      tile(x, i * down, down, across, W, j, y, i * q + j, terms, q);
  for (let i = 0; i < rows; i++)
    for (let j = i < tall ? wide : 0; j < q; j++)
      y[i * q + j] = entry(x, i * down, across, W, j, terms, q);
}

function entry(x, s, across, W, t, terms, q) {
  let sum = 0;
  for (let m = 0; m < terms; m++, s += across, t += q) sum += x[s] * W[t];
  return sum;
}

function tile(x, s, down, across, W, t, y, at, terms, q) {
  let a0 = 0;
  let a1 = 0;
  let a2 = 0;
  let a3 = 0;
  let b0 = 0;
  let b1 = 0;
  let b2 = 0;
  let b3 = 0;
  let c0 = 0;
  let c1 = 0;
  let c2 = 0;
  let c3 = 0;
  let d0 = 0;
  let d1 = 0;
  let d2 = 0;
  let d3 = 0;
  for (let m = 0; m < terms; m++, s += across, t += q) {
    const w0 = W[t];
    const w1 = W[t + 1];
    const w2 = W[t + 2];
    const w3 = W[t + 3];
    const a = x[s];
    const b = x[s + down];
    const c = x[s + 2 * down];
    const d = x[s + 3 * down];
    a0 += a * w0;
    a1 += a * w1;
    a2 += a * w2;
    a3 += a * w3;
    b0 += b * w0;
    b1 += b * w1;
    b2 += b * w2;
    b3 += b * w3;
    c0 += c * w0;
    c1 += c * w1;
    c2 += c * w2;
    c3 += c * w3;
    d0 += d * w0;
    d1 += d * w1;
    d2 += d * w2;
    d3 += d * w3;
  }
  write(y, at, a0, a1, a2, a3);
  write(y, at + q, b0, b1, b2, b3);
  write(y, at + 2 * q, c0, c1, c2, c3);
  write(y, at + 3 * q, d0, d1, d2, d3);
}

function write(y, at, a, b, c, d) {
  y[at] = a;
  y[at + 1] = b;
  y[at + 2] = c;
  y[at + 3] = d;
}
