/* The terms: a published version of the agreement, its parameters and readings (docs/agreements.md). */

/** Each switch with the reading that holds where a document leaves it out, in the order of a decision's record. */
const READINGS = {
  minimum_inclusive: true,
  minimum_kind: "franchise",
  minimum_applies_to: "merged",
  minimum_tested: "before_exclusions",
  exclusion_removes: "cause",
  quantise: "exact",
  month_straddle: "whole_then_clip",
  timezone: "Asia/Shanghai",
  availability_decimals: "exact",
  mtbf_event: "outage",
  rounding: "per_part",
  claim_opens: "day_after",
  claim_closes: "end_of_month",
  deadline_rolls: false,
  version_in_force: "month_start",
  voucher_pays_later_by: "bill_date",
  voucher_pays: "service_and_call",
  shared_touches: "at_start",
  maintenance_excluded: "actual",
};
/** Records of formats 1 and 2 were made before these readings. */
const ONLY_IN_FORMAT_3 = ["shared_touches", "maintenance_excluded"];
const CALL_CENTRE = ["agent_sign_in", "agent_calls", "inbound_routing"];

class Terms {
  /** The version that an event publishes. Its document says everything; the event says nothing else. */
  constructor(data) {
    this.document = data.document.trimStart().startsWith("{") ? parseJson(data.document) : readToml(data.document);
    const { version, effective_from: from, readings = {} } = this.document;
    must(isObject(readings) && Object.keys(readings).every((name) => name in READINGS), "unknown_reading");
    this.version = version;
    this.readings = { ...READINGS, ...readings };
    this.zone = String(this.readings.timezone);
    this.sha256 = sha256Hex(data.document);
    const begins = dayOf(String(from));
    must(begins !== null, "terms_say_otherwise", { version: String(data.version) });
    this.effectiveAt = midnight(begins, this.zone);
    this.noticedAt = data.noticed_at ?? null;
    const isSaid = data.version === version && data.sha256 === this.sha256 && data.effective_at === this.effectiveAt;
    must(isSaid, "terms_say_otherwise", { version: String(data.version) });
  }

  /** A parameter; undefined where the document leaves it out. */
  value(section, name) {
    return this.document[section]?.[name]?.value;
  }

  /** A parameter that every document has. */
  needed(section, name) {
    const found = this.value(section, name);
    must(found !== undefined, "no_parameter", { section, name });
    return found;
  }

  /** The clause of the first of these parameters, each as `section.name`, that the document has; else `2.1`. */
  clause(...parameters) {
    const named = parameters.map((each) => each.split("."));
    const cited = named.map(([section, name]) => this.document[section]?.[name]).find((found) => found !== undefined);
    return cited === undefined ? "2.1" : cited.clause;
  }

  get currency() { return this.document.currency ?? "CNY"; }
  get remedy() { return this.value("vouchers", "remedy") ?? "voucher"; }
  get functions() { return this.value("service", "functions") ?? CALL_CENTRE; }
  get isSingle() { return this.value("fees", "parts") === "single"; }
  get isGross() { return this.value("fees", "base") === "gross"; }
  get wholeMinutes() { return this.value("service", "whole_minutes_only") === true; }
  get commitment() { return percentage(this.needed("commitment", "availability")); }

  /** A natural month on the clock of these terms (R8). */
  month(month) {
    return [month, monthAfter(month, 1)].map((each) => midnight(firstDay(each), this.zone));
  }

  /** The terms as a decision's record of a format cites them. */
  cited(format) {
    const names = Object.keys(READINGS).filter((name) => format === 3n || !ONLY_IN_FORMAT_3.includes(name));
    const readings = Object.fromEntries(names.map((name) => [name, this.readings[name]]));
    return { agreement: this.document.agreement, version: this.version, sha256: this.sha256, readings };
  }
}

/** Clause 4, R16: of some versions, of which the latest document of each is given, the one that governs a month. */
function governingOf(versions, month) {
  const inOrder = [...versions].sort((a, b) => (a.effectiveAt < b.effectiveAt ? -1 : a.effectiveAt > b.effectiveAt ? 1 : 0));
  const atStart = inOrder.findLast((one) => one.effectiveAt <= one.month(month)[0]);
  const atEnd = inOrder.findLast((one) => one.effectiveAt < one.month(month)[1]);
  must(atEnd !== undefined, "no_terms", { month });
  /* The version that is amended says which of the two governs; the first one speaks for itself. */
  if ((atStart ?? atEnd).readings.version_in_force === "month_end") return atEnd;
  must(atStart !== undefined, "no_terms", { month });
  return atStart;
}

/** The versions that some events publish, by name. A version that is published again is read otherwise from then on. */
function versionsIn(events) {
  const published = events.filter(({ topic, stream }) => topic === "terms.published" && stream.startsWith("~/terms/"));
  must(new Set(published.map(({ stream }) => stream)).size <= 1, "two_agreements");
  const latest = new Map(published.map(({ data }) => [data.version, data]));
  return [...latest.values()].map((data) => new Terms(data));
}

/** Where a month begins: where the one before ends, by the clock of the version that governs that one. */
function startOf(month, versions, terms) {
  try {
    return governingOf(versions, monthAfter(month, -1)).month(month)[0];
  } catch (error) {
    if (error.code !== "no_terms") throw error;
    return terms.month(month)[0];
  }
}

/* Exact ratios: a numerator and a denominator, in lowest terms. */

function ratio(top, bottom) {
  let [a, b] = [top, bottom];
  while (b) [a, b] = [b, a % b];
  return { top: top / a, bottom: bottom / a };
}
const times = (some, other) => ratio(some.top * other.top, some.bottom * other.bottom);
const isBelow = (some, other) => some.top * other.bottom < other.top * some.bottom;
/** To the next integer, a half upwards. */
const halfUp = ({ top, bottom }) => (2n * top + bottom) / (2n * bottom);
const whole = (number) => ratio(number, 1n);

/** `12.5` as a ratio. */
function decimal(text) {
  const [, units, parts = ""] = /^(\d+)(?:\.(\d+))?$/.exec(text) ?? [];
  must(units !== undefined, "not_a_number", { text });
  return ratio(BigInt(units + parts), 10n ** BigInt(parts.length));
}

function percentage(text) {
  must(String(text).endsWith("%"), "not_a_number", { text });
  return times(decimal(text.slice(0, -1)), ratio(1n, 100n));
}

/** A ratio as the shortest percentage: `99.8%`. */
function shortest({ top, bottom }) {
  const parts = ((top * 10n ** 11n) / bottom).toString().padStart(10, "0");
  return `${parts.slice(0, -9)}.${parts.slice(-9)}`.replace(/\.?0+$/, "") + "%";
}
