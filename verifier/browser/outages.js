/* The account and its outages, folded from events; which of them touch it; and the month's episodes (clauses 1 and 2.3). */

const OPENED = ["incident.opened", "incident.opened_within"];
const CLOSED = ["incident.closed", "incident.closed_within"];
/** R3: agents who cannot sign in cannot take calls either: these two are one function. */
const SAME_FUNCTION = { agent_sign_in: "agents", agent_calls: "agents" };

class Account {
  constructor(data) {
    this.enrolled_at = data.enrolled_at;
    this.stage = data.stage;
    this.region = data.region;
    this.covered_in_beta = data.covered_in_beta ?? false;
    this.stages = [];
    this.moves = new Map();
    this.closedAt = null;
  }

  apply({ topic, data }) {
    if (topic === "account.restaged") this.stages.push([data.changed_at, data.stage]);
    if (topic === "account.moved") this.moves.set(data.moved_at, data.region);
    if (topic === "account.closed") this.closedAt = data.closed_at;
    if (topic === "account.corrected") {
      for (const name of ["enrolled_at", "stage", "region", "covered_in_beta"]) this[name] = data[name] ?? this[name];
    }
  }

  /** R17: the time in stage `general`, or in a beta that is covered, between the enrolment and the closure. */
  covered(terms) {
    const changes = [...this.stages].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    const begun = [[this.enrolled_at, this.stage], ...changes];
    const isAny = this.covered_in_beta || terms.needed("service", "beta_covered");
    const stages = begun.map(([at, stage], number) => [stage, [at, begun[number + 1]?.[0] ?? OPEN]]);
    const right = stages.filter(([stage]) => isAny || stage === "general").map(([, span]) => span);
    return common(right, [[this.enrolled_at, this.closedAt ?? OPEN]]);
  }

  /** R22: when in a span it was in one of some regions; before its enrolment it counts as where it was enrolled. */
  within(regions, [from, to]) {
    const moves = [...this.moves].sort(([a], [b]) => (a < b ? -1 : 1));
    const stays = [[null, this.region], ...moves].map(([at, region], number) => [at ?? from, moves[number]?.[0] ?? to, region]);
    const there = stays.filter(([, , region]) => regions.includes(region)).map(([since, until]) => [since, until]);
    return common(there, [[from, to]]);
  }
}

class Incident {
  constructor(data) {
    this.name = data.incident;
    this.function = data.function;
    this.scope = data.scope;
    this.regions = data.regions ?? [];
    this.started_at = data.started_at;
    this.ended_at = null;
    this.isWithdrawn = false;
    this.causes = [];
    this.standing = new Map();
  }

  apply(event) {
    const { topic, data } = event;
    if (topic.startsWith("incident.corrected")) {
      this.started_at = data.started_at ?? this.started_at;
      this.ended_at = data.ended_at ?? this.ended_at;
    }
    if (CLOSED.includes(topic)) this.ended_at = data.ended_at;
    if (topic === "incident.function_corrected") this.function = data.function;
    if (topic === "incident.reopened") this.ended_at = null;
    if (topic === "incident.withdrawn") this.isWithdrawn = true;
    if (topic === "incident.restored") this.isWithdrawn = false;
    if (topic === "exclusion.withdrawn") this.standing.delete(data.exclusion);
    if (topic.startsWith("exclusion.applied")) {
      this.causes.push(event);
      this.standing.set(data.exclusion, event);
    }
  }

  /** R19: while it is open it lasts up to the instant of the decision. */
  span(at) {
    return [this.started_at, this.ended_at ?? at];
  }

  /** Clause 2.3: the time of this incident that is excluded. R23: of announced maintenance what was announced. */
  excluded(at, readings) {
    const [start, end] = this.span(at);
    const spans = [...this.standing.values()].map(({ data }) => {
      const { from_at: from = start, to_at: to = end, announced_from: since, announced_to: until } = data;
      const isBound = readings.maintenance_excluded === "announced" && since !== undefined;
      return isBound ? [later(from, since), earlier(to, until)] : [from, to];
    });
    return common(spans, [[start, end]]);
  }

  /** The same as far as it lies in a piece of its span. */
  cut([from, to], at) {
    const piece = Object.assign(Object.create(Incident.prototype), this);
    piece.started_at = from;
    if (to !== at) piece.ended_at = to;
    return piece;
  }
}

/** The incidents that some events tell of. */
function incidentsIn(events) {
  const found = new Map();
  for (const event of events) {
    const name = event.data.incident;
    if (OPENED.includes(event.topic)) found.set(name, new Incident(event.data));
    else if (/^(incident|exclusion)\./.test(event.topic) && event.topic !== "incident.joined") found.get(name).apply(event);
  }
  return [...found.values()];
}

/** The shared incidents that name the account. */
const joinedIn = (events) =>
  new Set(events.filter(({ topic }) => topic === "incident.joined").map(({ data }) => data.incident));

/** The incidents that touch the account: its own, those that name it, and as R22 says those of its region or of everybody. */
function touching(events, account, terms, at) {
  const joined = joinedIn(events), covered = account.covered(terms);

  function pieces(incident) {
    const [from, to] = incident.span(at);
    const there = incident.scope === "all" ? [[from, to]] : account.within(incident.regions, [from, to]);
    if (terms.readings.shared_touches === "any_covered") return common(there, covered).length ? there : [];
    const belongs = account.enrolled_at <= from && there.some(([since, until]) => since <= from && from < until);
    return belongs ? there : [];
  }

  return incidentsIn(events).filter(({ isWithdrawn }) => !isWithdrawn).flatMap((incident) => {
    if (incident.scope === "account") return [incident];
    if (incident.scope === "accounts") return joined.has(incident.name) ? [incident] : [];
    return pieces(incident).map((piece) => incident.cut(piece, at));
  });
}

/** The unbroken outages (R3, R4), each with what is left of it once what is excluded is taken out (R5). */
function runsOf(incidents, at, readings) {
  const all = incidents.map((incident) => ({ incident, span: incident.span(at), out: incident.excluded(at, readings) }));
  const everywhere = readings.exclusion_removes === "time" ? union(all.flatMap(({ out }) => out)) : null;
  const groupOf = {
    merged: () => "",
    per_function: (one) => SAME_FUNCTION[one.function] ?? one.function,
    per_incident: (one) => one.name,
  }[readings.minimum_applies_to];
  const groups = new Map();
  for (const one of all) {
    one.rest = without([one.span], everywhere ?? one.out);
    const group = groupOf(one.incident);
    groups.set(group, [...(groups.get(group) ?? []), one]);
  }
  return [...groups.values()].flatMap((group) => runsOfGroup(group, at, readings.minimum_tested === "before_exclusions"));
}

function runsOfGroup(group, at, isBefore) {
  const rest = union(group.flatMap((one) => one.rest));
  const tested = group.flatMap(({ incident, span, rest: pieces }) =>
    (isBefore ? [span] : pieces).map((piece) => ({ incident, piece })));
  return union(tested.map(({ piece }) => piece)).map(([start, end]) => {
    const within = tested.filter(({ piece: [from, to] }) => start <= from && from < to && to <= end);
    const open = within.filter(({ incident, piece: [, to] }) => incident.ended_at === null && to === at);
    const names = [...new Set(within.map(({ incident }) => incident.name))].sort();
    const anyOpen = open.length > 0;
    return { start, end, names, left: common([[start, end]], rest), isOpen: anyOpen && end === at, anyOpen };
  });
}

function inOrderOfTime(some, other) {
  for (const [a, b] of [[some.start, other.start], [some.end, other.end], [some.names.join(" "), other.names.join(" ")]]) {
    if (a !== b) return a < b ? -1 : 1;
  }
  return 0;
}

/** Clause 1: the month's outages, with where the time of each went. No instant is counted twice. */
function episodesOf(incidents, covered, month, at, terms, format) {
  const { readings } = terms, minimum = terms.needed("service", "minimum_outage_seconds") * SECOND;
  const cut = (one) => common([one.span(at)], [month]).map((piece) => one.cut(piece, at));
  const tested = readings.month_straddle === "clip_then_test" ? incidents.flatMap(cut) : incidents; /* R7 */
  let seen = [];
  const runs = runsOf(tested, at, readings).sort(inOrderOfTime);
  return runs.filter(({ start, end }) => start < month[1] && end > month[0]).map((run) => {
    const lasted = run.end - run.start, left = lengthOf(run.left);
    const isEnough = lasted > minimum || (lasted === minimum && readings.minimum_inclusive); /* R1 */
    const since = readings.minimum_kind === "deductible" ? run.start + minimum : run.start; /* R2 */
    const counts = isEnough ? common([[since, run.end]], run.left) : [];
    const inside = common(counts, [month]), ours = common(inside, covered); /* R7, R17 */
    const own = without(ours, seen);
    seen = union([...seen, ...own]);
    return {
      start: run.start,
      end: (format === 3n ? run.isOpen : run.anyOpen) ? null : run.end,
      incidents: run.names,
      length_us: lasted,
      long_enough: isEnough,
      excluded_us: lasted - left,
      deducted_us: isEnough ? left - lengthOf(counts) : 0n,
      outside_us: lengthOf(counts) - lengthOf(inside),
      uncovered_us: lengthOf(inside) - lengthOf(ours),
      repeated_us: lengthOf(ours) - lengthOf(own),
      counted_us: inMinutes(lengthOf(own), terms),
    };
  });
}

/** R6: exact, or rounded up to the minute; whole minutes only where the terms say so. */
function inMinutes(length, terms) {
  if (terms.wholeMinutes) return length - (length % MINUTE);
  return terms.readings.quantise === "exact" ? length : ((length + MINUTE - 1n) / MINUTE) * MINUTE;
}
