// The operations of the Python package nnbook, under the same names, for live experiments in a page.
//
// Typed arrays, no DOM, no dependency. Float64Array, the default, agrees with nnbook to rounding;
// Float32Array is slower, as JavaScript computes in 64 bits and converts at each access. Names are
// Python's, also where JavaScript would write them otherwise: who knows one knows both.

export * from "./engine/activations.js";
export * from "./engine/datasets.js";
export * from "./engine/initializers.js";
export * from "./engine/layers.js";
export * from "./engine/losses.js";
export * from "./engine/models.js";
export * from "./engine/normalization.js";
export * from "./engine/optimizers.js";
export * from "./engine/random.js";
export * from "./engine/regularization.js";
export * from "./engine/training.js";
export * as schedules from "./engine/schedules.js";
