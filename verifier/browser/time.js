/* Days, months and the clocks of zones. A day is its number since 1970-01-01; instants are BigInts, in microseconds. */

const SECOND = 1_000_000n, MINUTE = 60n * SECOND, DAY = 86_400n * SECOND;
/** Later than any instant: the end of what is open. */
const OPEN = 1n << 62n;

/** The number of a day; null where the calendar has no such day. */
function dayOf(text) {
  const [, year, month, day] = (/^(\d{4})-(\d\d)-(\d\d)$/.exec(text) ?? []).map(Number);
  const found = new Date(0);
  found.setUTCFullYear(year, month - 1, day);
  return found.getUTCMonth() === month - 1 && found.getUTCDate() === day ? found.getTime() / 86_400_000 : null;
}

const dayText = (day) => new Date(day * 86_400_000).toISOString().slice(0, 10);
/** Monday is 0. */
const weekday = (day) => (((day + 3) % 7) + 7) % 7;

/** A month so many months later. */
function monthAfter(month, later) {
  const months = Number(month.slice(0, 4)) * 12 + Number(month.slice(5)) - 1 + later;
  return `${String(Math.floor(months / 12)).padStart(4, "0")}-${String((months % 12) + 1).padStart(2, "0")}`;
}

const firstDay = (month) => dayOf(`${month}-01`);
const lastDay = (month) => firstDay(monthAfter(month, 1)) - 1;
const monthsBetween = (first, month) =>
  (Number(month.slice(0, 4)) - Number(first.slice(0, 4))) * 12 + Number(month.slice(5)) - Number(first.slice(5));

const clocks = new Map();

/** The clock of a zone (R8), by the time zones of the browser. */
function clockOf(zone) {
  if (!clocks.has(zone)) clocks.set(zone, madeClock(zone));
  return clocks.get(zone);
}

function madeClock(zone) {
  try {
    must(/^[A-Z]/.test(zone), "unknown_zone", { zone });
    return new Intl.DateTimeFormat("en-US", {
      timeZone: zone, calendar: "gregory", numberingSystem: "latn", hourCycle: "h23",
      year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit",
    });
  } catch {
    throw new Wrong("unknown_zone", { zone });
  }
}

/** How far a zone's clock is ahead of UTC at a second since 1970, in seconds. */
function aheadAt(zone, second) {
  const part = Object.fromEntries(clockOf(zone).formatToParts(second * 1000).map(({ type, value }) => [type, value]));
  const day = dayOf(`${part.year.padStart(4, "0")}-${part.month}-${part.day}`);
  return day * 86_400 + Number(part.hour) * 3600 + Number(part.minute) * 60 + Number(part.second) - second;
}

/** The instant at which a day begins: where midnight is there twice the first, where it is skipped as if it were not. */
function midnight(day, zone) {
  const local = day * 86_400;
  const [before, after] = [local - 86_400, local + 86_400].map((second) => aheadAt(zone, second));
  const isAfter = aheadAt(zone, local - before) !== before && aheadAt(zone, local - after) === after;
  return BigInt(local - (isAfter ? after : before)) * SECOND;
}

/** The day that a zone's clock shows at an instant. */
function dayAt(instant, zone) {
  const second = Number((instant - (((instant % SECOND) + SECOND) % SECOND)) / SECOND);
  return Math.floor((second + aheadAt(zone, second)) / 86_400);
}

/* Spans of time: pairs of where each begins and where it ends. */

/** Goes over the edges of two sets of spans; gives the stretches in which `keeps(is in the first, is in the second)`. */
function sweep(first, second, keeps) {
  const edges = [first, second].flatMap((spans, set) =>
    spans.filter(([from, to]) => from < to).flatMap(([from, to]) => [[from, set, 1], [to, set, -1]]));
  edges.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  const depth = [0, 0], found = [];
  let since = null;
  edges.forEach(([at, set, change], number) => {
    depth[set] += change;
    if (edges[number + 1]?.[0] === at) return;
    const isKept = keeps(depth[0] > 0, depth[1] > 0);
    if (isKept && since === null) since = at;
    if (!isKept && since !== null) {
      found.push([since, at]);
      since = null;
    }
  });
  return found;
}

/** Spans merged: those that overlap or touch become one. */
const union = (spans) => sweep(spans, [], (is) => is);
const common = (some, others) => sweep(some, others, (is, too) => is && too);
const without = (some, others) => sweep(some, others, (is, too) => is && !too);
const lengthOf = (spans) => spans.reduce((sum, [from, to]) => sum + to - from, 0n);
const earlier = (a, b) => (a < b ? a : b);
const later = (a, b) => (a > b ? a : b);
