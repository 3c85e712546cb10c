// Money, moments and numbers, as people read them.

const UNITS = [["year", 31536000], ["month", 2592000], ["day", 86400], ["hour", 3600], ["minute", 60]];
const ago = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" });
const hour = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const whole = new Intl.NumberFormat("en");

export const number = (value) => whole.format(value);
export const date = (moment) => day.format(new Date(moment));
export const time = (moment) => hour.format(new Date(moment));
export const moment = (value) => `${date(value)}, ${time(value)}`;

export function money(amount, currency) {
  if (amount === null || amount === undefined) return "no price";
  if (!currency) return whole.format(amount);
  return new Intl.NumberFormat("en", { style: "currency", currency }).format(amount);
}

export function relative(value) {
  const seconds = (new Date(value) - Date.now()) / 1000;
  const unit = UNITS.find(([, length]) => Math.abs(seconds) >= length);
  return unit ? ago.format(Math.round(seconds / unit[1]), unit[0]) : "just now";
}

export function percent(value) {
  const size = Math.abs(value);
  if (size > 0 && size < 0.05) return "≈ 0 %";
  return `${value > 0 ? "+" : value < 0 ? "−" : ""}${size.toFixed(1)} %`;
}

export function change(before, after) {
  return before > 0 ? percent((100 * (after - before)) / before) : null;
}

export function count(amount, one, many = `${one}s`) {
  return `${number(amount)} ${amount === 1 ? one : many}`;
}

export function host(address) {
  try {
    return new URL(address).host;
  } catch {
    return address;
  }
}
