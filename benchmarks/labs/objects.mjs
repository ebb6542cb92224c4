// A net of objects, one for each unit and one for each link, as teaching programs are often built (the
// plan is that of TensorFlow Playground's nn.ts): what the engine's speed is compared with.

class Link {
  constructor(source, target, weight) {
    Object.assign(this, { source, target, weight, dead: false, penalty: null });
    Object.assign(this, { slope: 0, sum: 0, count: 0 });
  }
}

class Unit {
  constructor(activation) {
    Object.assign(this, { activation, bias: 0.1, inputs: [], outputs: [] });
    Object.assign(this, { total: 0, output: 0, outputSlope: 0, inputSlope: 0, sum: 0, count: 0 });
  }

  update() {
    this.total = this.bias;
    for (let j = 0; j < this.inputs.length; j++) {
      const link = this.inputs[j];
      this.total += link.weight * link.source.output;
    }
    this.output = this.activation.output(this.total);
    return this.output;
  }
}

export const TANH = { output: Math.tanh, slope: (x) => 1 - Math.tanh(x) ** 2 };
export const RELU = { output: (x) => Math.max(0, x), slope: (x) => (x > 0 ? 1 : 0) };
export const LINEAR = { output: (x) => x, slope: () => 1 };

/** Layers of units, each linked to all of the layer before. */
export function build(sizes, activation, draw) {
  const layers = sizes.map((size, depth) =>
    Array.from({ length: size }, () => new Unit(depth + 1 < sizes.length ? activation : LINEAR)),
  );
  for (let depth = 1; depth < sizes.length; depth++)
    for (const target of layers[depth])
      for (const source of layers[depth - 1]) {
        const link = new Link(source, target, draw(sizes[depth - 1]));
        source.outputs.push(link);
        target.inputs.push(link);
      }
  return layers;
}

export function forward(layers, x) {
  layers[0].forEach((unit, i) => (unit.output = x[i]));
  for (const layer of layers.slice(1)) for (const unit of layer) unit.update();
  return layers.at(-1)[0].output;
}

/** Slopes of the squared error / 2 of one example, added to those of the batch. */
export function backward(layers, target) {
  const [last] = layers.at(-1);
  last.outputSlope = last.output - target;
  for (let depth = layers.length - 1; depth > 0; depth--) {
    for (const unit of layers[depth]) slopeOfUnit(unit);
    for (const unit of layers[depth]) slopesOfLinks(unit);
    if (depth === 1) continue;
    for (const unit of layers[depth - 1]) {
      unit.outputSlope = 0;
      for (const link of unit.outputs) unit.outputSlope += link.weight * link.target.inputSlope;
    }
  }
}

function slopeOfUnit(unit) {
  unit.inputSlope = unit.outputSlope * unit.activation.slope(unit.total);
  unit.sum += unit.inputSlope;
  unit.count++;
}

function slopesOfLinks(unit) {
  for (const link of unit.inputs) {
    if (link.dead) continue;
    link.slope = unit.inputSlope * link.source.output;
    link.sum += link.slope;
    link.count++;
  }
}

export function update(layers, rate) {
  for (const layer of layers.slice(1))
    for (const unit of layer) {
      if (unit.count > 0) unit.bias -= (rate * unit.sum) / unit.count;
      unit.sum = unit.count = 0;
      for (const link of unit.inputs) {
        if (link.dead || link.count === 0) continue;
        const pull = link.penalty ? link.penalty(link.weight) : 0;
        link.weight -= (rate / link.count) * link.sum + rate * pull;
        link.sum = link.count = 0;
      }
    }
}

/** One step on a batch of rows. */
export function step(layers, x, targets, n, rate) {
  for (let i = 0; i < n; i++) {
    forward(layers, x[i]);
    backward(layers, targets[i]);
  }
  update(layers, rate);
}
