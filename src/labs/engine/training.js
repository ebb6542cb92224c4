// The training loop: one update each time it is asked for the next.

/** The indices 0 to n - 1 in random order, in batches; the last one may be smaller. */
export function* minibatches(n, batch_size, rng) {
  const order = rng.permutation(n);
  for (let start = 0; start < n; start += batch_size)
    yield order.subarray(start, start + batch_size);
}

/** The loss of n rows; the gradients are in model.grads. */
export function loss_and_grads(model, loss_fn, x, labels, n, outputs, { training = true } = {}) {
  const scores = model.forward(x, n, training);
  const grad = model.scratch("dloss", n * outputs, x.constructor);
  const loss = loss_fn(scores, labels, n, outputs, grad);
  model.backward(grad);
  return loss;
}

/** Update the model once for every batch and yield the loss; it has no end: the caller stops asking. */
export function* train(model, loss_fn, optimizer, data, { batch_size, rng }) {
  const { x, labels, n, classes } = data;
  const features = x.length / n;
  const rows = new x.constructor(batch_size * features);
  const some = new labels.constructor(batch_size);
  for (;;)
    for (const batch of minibatches(n, batch_size, rng)) {
      batch.forEach((at, i) => {
        for (let j = 0; j < features; j++) rows[i * features + j] = x[at * features + j];
        some[i] = labels[at];
      });
      const loss = loss_and_grads(model, loss_fn, rows, some, batch.length, classes);
      optimizer.step(model.params, model.grads);
      yield loss;
    }
}

/** The Euclidean norm of all gradients as one vector. */
export function global_norm(grads) {
  let sum = 0;
  for (const name in grads) for (const entry of grads[name]) sum += entry * entry;
  return Math.sqrt(sum);
}
