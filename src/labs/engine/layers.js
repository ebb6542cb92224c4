// Layers: forward(x, n) gives the outputs for n rows, backward(dy) the gradient of the inputs.
//
// Matrices are flat typed arrays, row after row. The package returns a new backward function from each
// call; here a layer keeps its last inputs and its buffers, since a page that makes thousands of steps a
// second cannot ask for new arrays each time. So backward belongs to the last forward, and what forward
// and backward return is overwritten by the next call. A buffer may be longer than n rows.

import { ACTIVATIONS } from "./activations.js";
import { kaiming_normal } from "./initializers.js";
import { add_bias, matmul, matmul_tn, sum_rows, transpose } from "./products.js";

/** What all layers share: parameters, their gradients and running statistics, by name. */
export class Layer {
  params = {};
  grads = {};
  buffers = {};
  #scratch = {};

  /** A parameter and its gradient, filled from an array or with a number. */
  add_param(name, start, size, Float) {
    this.params[name] = typeof start === "number" ? new Float(size).fill(start) : Float.from(start);
    this.grads[name] = new Float(size);
  }

  /** An array of at least so many numbers, the same for each call with the same name. */
  scratch(name, size, Float) {
    const kept = this.#scratch[name];
    if (kept !== undefined && kept.length >= size) return kept;
    return (this.#scratch[name] = new Float(size));
  }
}

/** y = x W + b, with W of shape (in_features, out_features). */
export class Linear extends Layer {
  constructor(
    in_features,
    out_features,
    { rng, init = kaiming_normal, bias = 0, Float = Float64Array },
  ) {
    super();
    this.in_features = in_features;
    this.out_features = out_features;
    this.Float = Float;
    const size = in_features * out_features;
    this.add_param("weight", init(in_features, out_features, rng), size, Float);
    this.add_param("bias", bias, out_features, Float);
  }

  forward(x, n) {
    const y = this.scratch("y", n * this.out_features, this.Float);
    matmul(x, this.params.weight, y, n, this.in_features, this.out_features);
    add_bias(y, this.params.bias, n, this.out_features);
    this.x = x;
    this.n = n;
    return y;
  }

  /** Gradients of the parameters go to `grads`; without needs_dx nothing is returned. */
  backward(dy, needs_dx = true) {
    const { x, n, in_features, out_features } = this;
    matmul_tn(x, dy, this.grads.weight, n, in_features, out_features);
    sum_rows(dy, this.grads.bias, n, out_features);
    if (!needs_dx) return null;
    const dx = this.scratch("dx", n * in_features, this.Float);
    const turned = this.scratch("turned", in_features * out_features, this.Float);
    transpose(this.params.weight, turned, in_features, out_features);
    matmul(dy, turned, dx, n, out_features, in_features);
    return dx;
  }
}

// Slopes from the function's value, which forward has: exponentials cost more than all else in a layer.
// Where the function saturates they err by 1e-16, which matters to no sum.
const SLOPE_FROM_VALUE = { sigmoid: (y) => y * (1 - y), tanh: (y) => 1 - y * y };

/** A function of `activations`, by name, as a layer. */
export class Activate extends Layer {
  constructor(name, features, { options, Float = Float64Array } = {}) {
    super();
    const [f, f_grad] = ACTIVATIONS[name];
    const slope = SLOPE_FROM_VALUE[name];
    Object.assign(this, { f, slope: slope ?? f_grad, of_value: slope !== undefined });
    this.name = name;
    this.features = features;
    this.options = options;
    this.Float = Float;
  }

  forward(x, n) {
    const { f, options } = this;
    const size = n * this.features;
    const y = this.scratch("y", size, this.Float);
    for (let i = 0; i < size; i++) y[i] = f(x[i], options);
    this.seen = this.of_value ? y : x;
    this.n = n;
    return y;
  }

  backward(dy) {
    const { slope, options, seen } = this;
    const size = this.n * this.features;
    const dx = this.scratch("dx", size, this.Float);
    for (let i = 0; i < size; i++) dx[i] = dy[i] * slope(seen[i], options);
    return dx;
  }
}

/** Layers one after the other; parameter "weight" of layer 2 is called "2.weight". */
export class Sequential extends Layer {
  constructor(...layers) {
    super();
    this.layers = layers;
    layers.forEach((layer, i) => {
      for (const kind of ["params", "grads", "buffers"])
        for (const name in layer[kind]) this[kind][`${i}.${name}`] = layer[kind][name];
    });
  }

  forward(x, n, training = false) {
    for (const layer of this.layers) x = layer.forward(x, n, training);
    return x;
  }

  /** The inputs are data: the first layer is not asked for their gradient. */
  backward(dy, needs_dx = false) {
    for (let i = this.layers.length - 1; i >= 0; i--)
      dy = this.layers[i].backward(dy, needs_dx || i > 0);
    return dy;
  }
}
