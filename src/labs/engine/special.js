// The one special function that JavaScript lacks and GELU needs.

// Chebyshev coefficients of (1 + 2z) erfcx(z) in t = (z - 3.75) / (z + 3.75), which maps [0, inf) to
// [-1, 1) (the form is Shepherd and Laframboise's, 1981). Computed with mpmath to 40 digits; the first
// that is left out is below 1e-17.
const COEFFICIENTS = [
  1.1775789345674017541, -0.0045900545806464773309, -0.084249133366517915584,
  0.059209939998191890498, -0.026658668435305752277, 0.0090749976707052650939,
  -0.0024131635404176081909, 0.00049077583652580863229, -0.000069169733025012063671,
  4.1390279860730101675e-6, 7.7403830661984906686e-7, -2.1886401049234395661e-7,
  1.0764999465670910377e-8, 4.5219598112182868979e-9, -7.7544002088313511065e-10,
  -6.3180883408866844944e-11, 2.8687950109306698981e-11, 1.945586854577734723e-13,
  -9.6546967484334389059e-13, 3.2525481481487398415e-14, 3.3478119482868053878e-14,
  -1.8645628804193131015e-15, -1.2507950530688647085e-15, 7.418235256624043463e-17,
  5.0681489047961113168e-17,
];

/** exp(z^2) erfc(z) for z >= 0, by Clenshaw's recurrence: it falls no faster than 1/z. */
export function erfcx(z) {
  const t = (z - 3.75) / (z + 3.75);
  let next = 0;
  let afterNext = 0;
  for (let k = COEFFICIENTS.length - 1; k > 0; k--) {
    const now = 2 * t * next - afterNext + COEFFICIENTS[k];
    afterNext = next;
    next = now;
  }
  return (t * next - afterNext + COEFFICIENTS[0]) / (1 + 2 * z);
}
