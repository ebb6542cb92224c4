// Whole models, put together from layers.

import { kaiming_normal } from "./initializers.js";
import { Activate, Linear, Sequential } from "./layers.js";
import { BatchNorm, LayerNorm } from "./normalization.js";
import { Dropout } from "./regularization.js";

const NORMS = { batch: BatchNorm, layer: LayerNorm };

/** Linear layers with an activation between each two, as the package's `mlp`. */
export function mlp(
  sizes,
  {
    rng,
    activation = "relu",
    norm = null,
    dropout = 0,
    init = kaiming_normal,
    bias = 0,
    Float = Float64Array,
  },
) {
  const layers = [];
  for (let i = 0; i + 2 < sizes.length; i++) {
    const width = sizes[i + 1];
    layers.push(new Linear(sizes[i], width, { rng, init, bias, Float }));
    if (norm) layers.push(new NORMS[norm](width, { Float }));
    layers.push(new Activate(activation, width, { Float }));
    if (dropout) layers.push(new Dropout(dropout, width, { rng, Float }));
  }
  layers.push(new Linear(...sizes.slice(-2), { rng, init, Float }));
  return new Sequential(...layers);
}
