// Activation functions as the reader sees their names.

export const FUNCTIONS = {
  sigmoid: "Sigmoid",
  tanh: "Tanh",
  relu: "ReLU",
  leaky_relu: "Leaky ReLU",
  elu: "ELU",
  selu: "SELU",
  gelu: "GELU",
  silu: "SiLU (Swish)",
  softplus: "Softplus",
};
