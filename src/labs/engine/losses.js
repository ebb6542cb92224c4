// The loss: its value, averaged over the batch in nats, and its gradient with respect to the scores.

/** Softmax of each of n rows of scores, into `out`. */
export function softmax(scores, n, classes, out) {
  for (let i = 0, at = 0; i < n; i++, at += classes) {
    const top = largest(scores, at, classes);
    let total = 0;
    for (let j = at; j < at + classes; j++) total += out[j] = Math.exp(scores[j] - top);
    for (let j = at; j < at + classes; j++) out[j] /= total;
  }
  return out;
}

/** Softmax cross-entropy with labels 0 to classes - 1; its gradient goes to `grad`. */
export function cross_entropy(logits, labels, n, classes, grad) {
  let loss = 0;
  for (let i = 0, at = 0; i < n; i++, at += classes) {
    const top = largest(logits, at, classes);
    let total = 0;
    for (let j = at; j < at + classes; j++) total += grad[j] = Math.exp(logits[j] - top);
    loss += Math.log(total) - (logits[at + labels[i]] - top);
    for (let j = at; j < at + classes; j++) grad[j] /= total * n;
    grad[at + labels[i]] -= 1 / n;
  }
  return loss / n;
}

/** Mean squared error over all entries; its gradient goes to `grad`. */
export function mse(predictions, targets, n, outputs, grad) {
  const size = n * outputs;
  let loss = 0;
  for (let i = 0; i < size; i++) {
    const error = predictions[i] - targets[i];
    loss += error * error;
    grad[i] = (2 * error) / size;
  }
  return loss / size;
}

/** The share of the n rows whose largest score is the label's; the first of equal ones counts. */
export function accuracy(scores, labels, n, classes) {
  let right = 0;
  for (let i = 0; i < n; i++) {
    let best = 0;
    for (let j = 1; j < classes; j++)
      if (scores[i * classes + j] > scores[i * classes + best]) best = j;
    right += best === labels[i] ? 1 : 0;
  }
  return right / n;
}

function largest(scores, at, classes) {
  let top = -Infinity;
  for (let j = at; j < at + classes; j++) top = Math.max(top, scores[j]);
  return top;
}
