// Where values lie on a line, and which of them are worth a label.

export function scale([low, high], [from, to]) {
  const ratio = high === low ? 0 : (to - from) / (high - low);
  return (value) => from + (value - low) * ratio;
}

/** Round numbers between two values, about so many. */
export function ticks(low, high, wanted) {
  const rough = (high - low) / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((factor) => factor * power >= rough);
  const first = Math.ceil(low / step);
  const last = Math.floor(high / step);
  return Array.from({ length: last - first + 1 }, (_, index) => (first + index) * step);
}

/** Some room above and below, where there is only one value as well. */
export function around(values) {
  const low = Math.min(...values);
  const high = Math.max(...values);
  const room = (high - low || high || 1) * 0.12;
  return [Math.max(0, low - room), high + room];
}
