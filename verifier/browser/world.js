/* What the events up to one leave behind, as far as a rule asks for it; and how one more event is let in. */

/** How much later than its recording an instant may be, and how much earlier the next recording: clocks differ. */
const AHEAD = 5n * MINUTE;
/** The rules of recording by which clocks do not run back, cancellations have both sides, and issues are whole. */
const LATEST_RULES = 2n;
/** These stand first in their streams: an id is of one account, incident, bill or voucher alone. */
const BEGINS = new Set(["account.enrolled", "incident.opened", "incident.opened_within", "incident.joined", "fees.billed",
  "voucher.issued", "ledger.created"]);
const NEED_A_REASON = new Set(["account.corrected", "incident.corrected", "incident.corrected_within",
  "incident.function_corrected", "incident.withdrawn", "exclusion.withdrawn", "fees.corrected", "fees.voided",
  "claim.withdrawn", "voucher.redemption_reversed", "voucher.cancelled", "controls.set"]);
const NEED_A_REASON_SINCE_2 = new Set(["incident.reopened", "incident.restored", "incident.kept", "incident.released"]);
/** Each topic's rule: what must hold of the world when it is recorded, and what it changes in it. */
const RULES = {};

class World {
  constructor(own, hasControls) {
    this.own = own;
    this.place = -1;
    this.rules = 1n;
    this.latestAt = 0n;
    /* Events that were let in as a part of the act before them. */
    this.settled = new Set();
    this.lastOf = new Map();
    this.account = null;
    this.name = null;
    this.versions = new Map();
    this.calendars = new Map();
    this.opened = new Map();
    this.incidents = new Map();
    this.bills = new Map();
    this.claims = new Map();
    this.vouchers = new Map();
    this.keys = new Map();
    this.retired = new Set();
    this.controls = hasControls ? Object.create(null) : null;
  }

  enrolled() {
    must(this.account !== null, "not_enrolled");
    return this.account;
  }

  known(kind, name) {
    const found = this[kind].get(name);
    must(found !== undefined, "not_recorded", { name: String(name) });
    return found;
  }

  /** The version that takes effect last. */
  latest() {
    const versions = [...this.versions.values()];
    must(versions.length > 0, "no_terms_yet");
    return versions.reduce((found, one) => (one.effectiveAt > found.effectiveAt ? one : found));
  }

  termsOf(month) {
    return governingOf(this.versions.values(), month);
  }

  /** The events that stand right behind the current one and that the same command recorded, while they are of a topic. */
  behind(event, topic) {
    const rest = this.own.slice(this.place + 1);
    const end = rest.findIndex((each) => each.topic !== topic || !isOneCommand(each, event));
    return end < 0 ? rest : rest.slice(0, end);
  }

  /** The same command recorded these too, right behind it, and they say just this. */
  mustHave(event, ...parts) {
    const found = this.own.slice(this.place + 1, this.place + 1 + parts.length);
    const isPart = (one, [topic, data]) => one?.topic === topic && isOneCommand(one, event) && equals({ ...one.data }, data);
    must(parts.every((part, at) => isPart(found[at], part)), "other_side", { topics: parts.map(([topic]) => topic).join(", ") });
    for (const each of found) this.settled.add(each);
  }

  needsApproval(claim) {
    const limit = this.controls?.approval_above_fen;
    return limit !== undefined && claim.awarded > limit;
  }
}

/** The stream in which an event belongs by its data. */
function streamOf({ topic, data, owner }) {
  const whose = data.account ?? (OPENED.includes(topic) ? "~" : owner);
  return {
    account: `${whose}/account`,
    incident: `${whose}/incident/${data.incident}`,
    exclusion: `${whose}/incident/${data.incident}`,
    fees: `${whose}/bill/${data.bill}`,
    claim: `${whose}/claim/${data.month}`,
    voucher: `${whose}/voucher/${data.voucher}`,
    terms: `~/terms/${data.agreement}`,
    calendar: `~/calendar/${data.country}-${data.year}`,
    actor: `~/actor/${data.actor}`,
    ledger: "~/ledger",
    controls: "~/controls",
  }[topic.split(".", 1)[0]];
}

/** Let one more event in. Throws Wrong where the rules would not. */
function admit(world, event) {
  const { topic, data } = event, fits = SHAPES.get(topic);
  must(fits !== undefined, "unknown_topic");
  if (event.public_key !== null) {
    must(world.keys.get(event.public_key) === event.actor, "not_own_key");
    must(!world.retired.has(event.public_key), "retired_key");
  }
  must(fits(data), "wrong_fields");
  must(streamOf(event) === event.stream, "wrong_stream", { stream: streamOf(event) });
  must(event.version === 1n || !BEGINS.has(topic), "begun_before");
  must(!NEED_A_REASON.has(topic) || isWords(event.reason), "no_reason");
  const instants = topic === "terms.published" ? [] : fits.instants.filter((name) => name in data);
  must(instants.every((name) => data[name] <= event.recorded_at + AHEAD), "before_it_happened");
  if (!world.settled.has(event)) RULES[topic](world, event);
  world.lastOf.set(event.stream, event);
  if (world.rules >= LATEST_RULES) mustBeInOrder(world, event);
  world.account?.apply(event);
  world.incidents.get(event.stream)?.apply(event);
  world.bills.get(data.bill)?.apply(event);
}

/** Since rules 2 clocks run on, and it can be read who recorded something and why. */
function mustBeInOrder(world, event) {
  must(event.recorded_at >= world.latestAt - AHEAD, "clock_ran_back");
  must(isName(event.actor), "no_actor");
  must(event.reason === null ? !NEED_A_REASON_SINCE_2.has(event.topic) : isWords(event.reason), "no_reason");
  world.latestAt = later(world.latestAt, event.recorded_at);
}

/** The first event that the rules would not have let in, as an error; null where there is none. */
function inadmissibleIn(events, { account, format }) {
  const world = new World(events.filter(({ owner }) => owner === account), format === FORMATS[1]);
  for (const event of events) {
    if (event.owner === account) world.place++;
    try {
      admit(world, event);
    } catch (error) {
      return of(event, error instanceof Wrong ? error : new Wrong("unreadable_event"));
    }
  }
  return null;
}
