// Mean and variance.

/** Mean and biased variance of `count` numbers, from x[start], one each `stride`. */
export function moments(x, start, stride, count) {
  let mean = 0;
  for (let m = 0, i = start; m < count; m++, i += stride) mean += x[i];
  mean /= count;
  let variance = 0;
  for (let m = 0, i = start; m < count; m++, i += stride) variance += (x[i] - mean) ** 2;
  return [mean, variance / count];
}
