// Numbers as a reader sees them.

const RAISED = "\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079";

/** A number to so many digits: 0.0024, 2.4 \u00d7 10\u207b\u2076, \u22121.5, with a real minus sign. */
export function number(value, digits = 2) {
  if (Number.isNaN(value)) return "not a number";
  if (!Number.isFinite(value)) return value > 0 ? "infinite" : "\u2212infinite";
  const size = Math.abs(value);
  if (size === 0 || (size >= 0.001 && size < 100000))
    return minus(Number(value.toPrecision(digits)).toString());
  const [head, power] = value.toExponential(digits - 1).split("e");
  const factor = Number(head);
  const raised = minus(String(Number(power)), "\u207b").replace(/\d/g, (digit) => RAISED[digit]);
  return factor === 1 ? `10${raised}` : `${minus(String(factor))}\u00a0\u00d7\u00a010${raised}`;
}

function minus(text, sign = "\u2212") {
  return text.replace("-", sign);
}
