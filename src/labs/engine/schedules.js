// Schedules of the learning rate: each makes a function step -> lr, with steps counted from 0.

export const constant = (lr) => () => lr;

export function step_decay(lr, milestones, factor = 0.1) {
  return (step) => lr * factor ** milestones.filter((at) => at <= step).length;
}

export const exponential_decay = (lr, rate) => (step) => lr * Math.exp(-rate * step);

export const inverse_time_decay = (lr, rate) => (step) => lr / (1 + rate * step);

export function inverse_sqrt(lr, scale = 1) {
  return (step) => lr / Math.sqrt(1 + step / scale);
}

export function linear(lr, steps, end = 0) {
  return between(lr, steps, end, (done) => 1 - done);
}

export function cosine(lr, steps, end = 0) {
  return between(lr, steps, end, half_cosine);
}

export function cosine_restarts(lr, cycle, end = 0) {
  const fall = cosine(lr, cycle, end);
  return (step) => fall(step % cycle);
}

export function one_cycle(lr, steps, rise = 0.3, { start = 0.04, end = 4e-6 } = {}) {
  const top = rise * steps;
  return (step) => {
    if (step < top) return lr * (1 + (start - 1) * half_cosine(step / top));
    return lr * (end + (1 - end) * half_cosine((Math.min(step, steps) - top) / (steps - top)));
  };
}

/** A line up to the first rate of `then`, which starts with its step 0 at step `steps`. */
export function warmup(steps, then) {
  return (step) => {
    const rate = then(Math.max(step - steps, 0));
    return step >= steps ? rate : (rate * (step + 1)) / (steps + 1);
  };
}

function between(lr, steps, end, left) {
  return (step) => {
    const share = left(Math.min(step, steps) / steps);
    return share * lr + (1 - share) * end;
  };
}

function half_cosine(done) {
  return (1 + Math.cos(Math.PI * done)) / 2;
}
