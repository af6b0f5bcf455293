/* A claim decided anew from its events: the record that follows from them. */

/** The working days by the recorded calendars; `used` are the years that were asked for. */
class Calendar {
  constructor(events) {
    this.used = new Set();
    this.years = new Map();
    for (const { topic, stream, data } of events) {
      if (topic === "calendar.published" && stream === `~/calendar/CN-${data.year}`) this.years.set(Number(data.year), data);
    }
  }

  isWorkday(day) {
    const text = dayText(day), year = Number(text.slice(0, 4)), calendar = this.years.get(year);
    must(calendar !== undefined, "no_calendar", { year: String(year) });
    this.used.add(year);
    const isIn = (days) => days.some(({ date }) => date === text);
    return isIn(calendar.workdays) || (weekday(day) < 5 && !isIn(calendar.holidays));
  }

  /** How a record names what was used: a year's own hash, or the hash over those of several, joined by line feeds. */
  cited() {
    const years = [...this.used].sort((a, b) => a - b), hashes = years.map((year) => this.years.get(year).sha256);
    return { sha256: hashes.length === 1 ? hashes[0] : sha256Hex(hashes.join("\n")), years: years.map(BigInt) };
  }
}

/** Clause 3.2: the window of a claim. R14, R15; `last` is null where the terms set no end. */
function windowOf(month, days, terms, calendar, filedAt, format) {
  const after = firstDay(monthAfter(month, 1)), nth = terms.value("claims", "opens_after_working_day");
  let workday = null, opens = after;
  if (nth !== undefined) {
    workday = after - 1;
    for (let left = nth; left > 0n;) left -= calendar.isWorkday(++workday) ? 1n : 0n;
    opens = terms.readings.claim_opens === "day_after" ? workday + 1 : workday;
  }
  const opensAt = midnight(opens, terms.zone);
  if (terms.value("claims", "closes") === "never") return { workday, last: null, opensAt, closesAt: null };
  let last = nominalEnd(month, days, terms);
  if (terms.readings.deadline_rolls) {
    last = rolled(last, calendar, format === 3n && filedAt < midnight(last + 1, terms.zone));
  }
  return { workday, last, opensAt, closesAt: midnight(last + 1, terms.zone) };
}

function nominalEnd(month, days, terms) {
  const count = terms.value("claims", "closes_after_days");
  if (count !== undefined) return days[1] + Number(count);
  const closing = monthAfter(month, Number(terms.needed("claims", "closes_after_months")));
  if (terms.readings.claim_closes !== "corresponding_day") return lastDay(closing);
  return Math.min(lastDay(closing), firstDay(closing) + lastDay(month) - firstDay(month));
}

/** R15: the first working day from a day on; that day itself where its calendar is not there and does not matter. */
function rolled(last, calendar, isInTime) {
  const used = new Set(calendar.used);
  try {
    let day = last;
    while (!calendar.isWorkday(day)) day++;
    return day;
  } catch (error) {
    if (!isInTime || error.code !== "no_calendar") throw error;
    calendar.used = used;
    return last;
  }
}

/** The first and the last day of the service month: of the month, or of its part within the account's term. */
function serviceDays(month, covered, terms) {
  const first = firstDay(month), last = lastDay(month);
  if (terms.value("service", "service_month") !== "within_term" || !covered.length) return [first, last];
  const since = dayAt(covered[0][0], terms.zone), until = dayAt(covered.at(-1)[1] - 1n, terms.zone);
  return [Math.max(first, since), Math.max(first, Math.min(last, until))];
}

/** Clause 3.1: the number of the tier of a ratio; null at or above the commitment. */
function tierOf(measured, terms) {
  const places = terms.readings.availability_decimals; /* R9 */
  const scale = typeof places === "bigint" ? 100n * 10n ** places : null;
  const compared = scale === null ? measured : ratio(halfUp(times(measured, whole(scale))), scale);
  if (!isBelow(compared, terms.commitment)) return null;
  const isIn = ({ below, at_least: least }) =>
    isBelow(compared, percentage(below)) && (least === undefined || !isBelow(compared, percentage(least)));
  const number = terms.document.tiers.findIndex(isIn);
  must(number >= 0, "no_tier");
  return number + 1;
}

/** What decisions of formats 1 and 2 were written in, by what could not be said in 1. */
function formatOf(written, terms, window) {
  const isPlain = terms.currency === "CNY" && terms.remedy === "voucher" && window.workday !== null;
  const isOld = window.closesAt !== null && ONLY_IN_FORMAT_3.every((name) => terms.readings[name] === READINGS[name]);
  return written === 3n || !isOld ? 3 : isPlain ? 1 : 2;
}

/** The record of a claim's decision, from the events that were known, as of the instant at which it was made. */
function decide(known, { account, month, number, facts, decidedAt, format }) {
  const filing = known.findLast(({ stream, topic }) => stream === `${account}/claim/${month}` && topic === "claim.filed");
  must(filing !== undefined, "no_filing");
  const enrolment = known.find(({ topic }) => topic === "account.enrolled");
  must(enrolment !== undefined, "no_enrolment");
  const holder = new Account(enrolment.data);
  for (const event of known.filter(({ topic }) => topic.startsWith("account."))) holder.apply(event);
  const versions = versionsIn(known), terms = governingOf(versions, month), calendar = new Calendar(known);
  const [nominal, end] = terms.month(month), start = format === 3n ? startOf(month, versions, terms) : nominal;
  const covered = common(holder.covered(terms), [[start, end]]), days = serviceDays(month, covered, terms);
  const filedAt = filing.data.filed_at, window = windowOf(month, days, terms, calendar, filedAt, format);
  const cited = calendar.cited(), steps = stepsOf(terms);
  const record = {
    number, format: formatOf(format, terms, window), outcome: null, decided_at: decidedAt, filed_at: filedAt, account, month,
    terms: terms.cited(format === 3n ? 3n : 1n), calendar: cited, facts,
    window: {
      nth_workday: window.workday === null ? null : dayText(window.workday),
      last_day: window.last === null ? null : dayText(window.last),
      opens_at: window.opensAt, closes_at: window.closesAt, years: cited.years,
    },
    availability: null, bases: null, credit: null, steps: steps.made,
    ...(terms.currency === "CNY" ? {} : { currency: terms.currency }),
    ...(terms.remedy === "voucher" ? {} : { remedy: terms.remedy }),
  };
  record.outcome = outcomeOf(record, { known, holder, terms, start, end, covered, days, steps });
  return record;
}

/** Goes through the clauses as far as they lead; fills the record in, and says how it ends. */
function outcomeOf(record, { known, holder, terms, start, end, covered, days, steps }) {
  const { opens_at: opens, closes_at: closes } = record.window, { filed_at: filed } = record;
  steps.terms(record.month, start, end);
  const timing = filed < opens ? "too_early" : closes === null || filed < closes ? "in_time" : "too_late";
  steps.window(record, timing);
  if (timing !== "in_time") return timing;

  const total = BigInt(days[1] - days[0] + 1) * DAY;
  const length = lengthOf(covered), coveredUs = record.format === 3 ? earlier(length, total) : length;
  steps.coverage(coveredUs, total, covered.length > 0);
  if (!covered.length) return "not_covered";

  const touched = touching(known, holder, terms, record.decided_at);
  const format = BigInt(record.format);
  const episodes = episodesOf(touched, covered, [start, end], record.decided_at, terms, format);
  record.availability = availabilityOf(episodes, total, coveredUs, terms);
  steps.availability(episodes, incidentsIn(known), record.availability);
  const { tier } = record.availability;
  if (tier === null) return "commitment_met";

  const isOutside = terms.value("fees", "prepayments") === "outside";
  const bills = billsIn(known).filter(({ months }) => !(isOutside && months > 1n));
  record.bases = basesOf(bills, record.month, terms);
  const credit = creditOf(record.bases, terms.document.tiers[tier - 1], terms);
  const least = terms.value("credit", "minimum_credit");
  const minimum = least === undefined ? 0n : halfUp(times(decimal(least), whole(100n)));
  steps.credit(bills.filter((bill) => bill.covers(record.month)).map(({ name }) => name).sort(), record.bases, credit, tier);
  if (least !== undefined) steps.minimum(credit.total_fen, minimum);
  if (credit.total_fen <= minimum) return "nothing_to_credit";
  record.credit = credit;
  return "awarded";
}

/** Clauses 2.1 and 2.2. Where the clocks go back a month is longer than its days: no more than these can be down. */
function availabilityOf(episodes, total, covered, terms) {
  const down = earlier(episodes.reduce((sum, one) => sum + one.counted_us, 0n), total);
  const measured = ratio(total - down, total), tier = tierOf(measured, terms);
  return {
    total_us: total, covered_us: covered, unavailable_us: down, numerator: measured.top, denominator: measured.bottom,
    meets_commitment: tier === null, tier,
    episodes: episodes.map(({ start, end, length_us, counted_us, incidents }) =>
      ({ start, end, length_us, counted_us, incidents })),
  };
}
