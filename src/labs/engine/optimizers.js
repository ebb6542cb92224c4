// Optimizers: step(params, grads) changes the parameters in place. The learning rate is a number or a
// function of the step, which counts from 0.

/** What all share: the count of steps, and decoupled decay of the parameters called "weight". */
export class Optimizer {
  constructor(lr, { weight_decay = 0 } = {}) {
    Object.assign(this, { lr, weight_decay, steps: 0, slots: {} });
  }

  step(params, grads) {
    const rate = typeof this.lr === "function" ? this.lr(this.steps) : this.lr;
    this.steps += 1;
    for (const name in params) {
      const param = params[name];
      if (this.weight_decay && name.endsWith("weight")) shrink(param, 1 - rate * this.weight_decay);
      this.change(name, param, grads[name], rate);
    }
  }

  /** An array of zeros for each parameter, kept from step to step. */
  slot(name, like) {
    return (this.slots[name] ??= new like.constructor(like.length));
  }
}

/** v <- momentum v + g, p <- p - lr v; with rate_inside, v <- momentum v + lr g, p <- p - v. */
export class SGD extends Optimizer {
  constructor(lr, momentum = 0, { nesterov = false, rate_inside = false, ...options } = {}) {
    super(lr, options);
    Object.assign(this, { momentum, nesterov, rate_inside });
  }

  change(name, p, g, rate) {
    const m = this.momentum;
    if (!m) {
      for (let i = 0; i < p.length; i++) p[i] -= rate * g[i];
      return;
    }
    const v = this.slot(name, p);
    const [inner, outer] = this.rate_inside ? [rate, 1] : [1, rate];
    for (let i = 0; i < p.length; i++) {
      const push = inner * g[i];
      v[i] = m * v[i] + push;
      p[i] -= outer * (this.nesterov ? push + m * v[i] : v[i]);
    }
  }
}

/** s <- s + g^2, p <- p - lr g / (sqrt(s) + eps). */
export class AdaGrad extends Optimizer {
  constructor(lr, { eps = 1e-7, ...options } = {}) {
    super(lr, options);
    this.eps = eps;
  }

  change(name, p, g, rate) {
    const s = this.slot(name, p);
    for (let i = 0; i < p.length; i++) {
      s[i] += g[i] * g[i];
      p[i] -= (rate * g[i]) / (Math.sqrt(s[i]) + this.eps);
    }
  }
}

/** s <- beta s + (1 - beta) g^2, p <- p - lr g / (sqrt(s) + eps). */
export class RMSProp extends Optimizer {
  constructor(lr, { beta = 0.99, eps = 1e-8, ...options } = {}) {
    super(lr, options);
    Object.assign(this, { beta, eps });
  }

  change(name, p, g, rate) {
    const { beta, eps } = this;
    const s = this.slot(name, p);
    for (let i = 0; i < p.length; i++) {
      s[i] = beta * s[i] + (1 - beta) * g[i] * g[i];
      p[i] -= (rate * g[i]) / (Math.sqrt(s[i]) + eps);
    }
  }
}

/** Adam with bias correction; with weight_decay it is AdamW. */
export class Adam extends Optimizer {
  constructor(lr = 1e-3, { betas = [0.9, 0.999], eps = 1e-8, ...options } = {}) {
    super(lr, options);
    Object.assign(this, { betas, eps });
  }

  change(name, p, g, rate) {
    const [b1, b2] = this.betas;
    const m = this.slot(`m of ${name}`, p);
    const s = this.slot(`s of ${name}`, p);
    const scale = rate / (1 - b1 ** this.steps);
    const correction = 1 - b2 ** this.steps;
    for (let i = 0; i < p.length; i++) {
      m[i] = b1 * m[i] + (1 - b1) * g[i];
      s[i] = b2 * s[i] + (1 - b2) * g[i] * g[i];
      p[i] -= (scale * m[i]) / (Math.sqrt(s[i] / correction) + this.eps);
    }
  }
}

function shrink(array, factor) {
  for (let i = 0; i < array.length; i++) array[i] *= factor;
}
