// Histograms on their side, two to a place.

const WIDEST = 0.46; // of the distance between two places, to each side

/** A histogram on its side: the first to the left of its place, the second to the right. */
export function violin(plot, place, bins, [from, to], i) {
  const most = Math.max(...bins);
  if (most === 0) return "";
  const side = i === 0 ? -1 : 1;
  const edge = (at) => plot.y(from + ((to - from) * at) / bins.length);
  const wide = (share) => plot.x(place + (side * WIDEST * share) / most);
  let path = `M${plot.x(place).toFixed(1)},${edge(0).toFixed(1)}`;
  bins.forEach((share, at) => {
    path += `H${wide(share).toFixed(1)}V${edge(at + 1).toFixed(1)}`;
  });
  return `${path}H${plot.x(place).toFixed(1)}Z`;
}
