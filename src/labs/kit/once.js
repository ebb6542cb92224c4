// Several settings that change together, as the two of a place that is dragged, are one change.

/** A function that calls `work` once for all its calls in the same task, at its end. */
export function once(work) {
  let due = false;
  return () => {
    if (due) return;
    due = true;
    queueMicrotask(() => {
      due = false;
      work();
    });
  };
}
