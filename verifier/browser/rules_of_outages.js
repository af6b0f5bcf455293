/* The rules of accounts, incidents and exclusions (clauses 1 and 2.3). */

Object.assign(RULES, {
  "account.enrolled"(world, { data }) {
    world.account = new Account(data);
  },

  "account.restaged"(world, { data }) {
    const account = world.enrolled();
    mustChangeFrom(account, data.changed_at, data.stage, [[account.enrolled_at, account.stage], ...account.stages]);
  },

  "account.moved"(world, { data }) {
    const account = world.enrolled();
    mustChangeFrom(account, data.moved_at, data.region, [[account.enrolled_at, account.region], ...account.moves]);
  },

  "account.named"(world, { data }) {
    world.enrolled();
    must(world.name !== data.name, "no_change");
    world.name = data.name;
  },

  "account.corrected"(world, { data }) {
    const account = world.enrolled();
    const { account: _, ...given } = data;
    must(Object.entries(given).some(([name, value]) => account[name] !== value), "no_change");
    const changes = [...account.stages.map(([at]) => at), ...account.moves.keys(), account.closedAt ?? OPEN];
    must(changes.every((at) => (given.enrolled_at ?? 0n) <= at), "enrolled_after_change");
  },

  "account.closed"(world, { data }) {
    const account = world.enrolled();
    must(account.closedAt === null, "closed_before");
    const begun = [account.enrolled_at, ...account.stages.map(([at]) => at), ...account.moves.keys()];
    must(begun.every((at) => at <= data.closed_at), "closed_too_early");
  },

  "incident.opened": opens,
  "incident.opened_within": opens,

  "incident.joined"(world, event) {
    world.enrolled();
    const shared = world.known("opened", `~/incident/${event.data.incident}`);
    const isAtOnce = shared.recorded_at === event.recorded_at && shared.actor === event.actor;
    must(shared.data.scope === "accounts" && isAtOnce, "no_shared_incident");
  },

  "incident.closed": closes,
  "incident.closed_within": closes,
  "incident.corrected": corrects,
  "incident.corrected_within": corrects,
  "incident.function_corrected": corrects,

  "incident.reopened"(world, { stream }) {
    const incident = world.known("incidents", stream);
    must(!incident.isWithdrawn && incident.ended_at !== null, "not_ended");
  },

  "incident.withdrawn"(world, { stream }) {
    must(!world.known("incidents", stream).isWithdrawn, "is_withdrawn");
  },

  "incident.restored"(world, { stream }) {
    must(world.known("incidents", stream).isWithdrawn, "not_withdrawn");
  },

  "incident.kept"(world, { stream }) {
    world.known("incidents", stream);
  },

  "incident.released"(world, { stream }) {
    world.known("incidents", stream);
  },

  /* Who told of a start or an end stands right behind it. */
  "incident.reported"(world, event) {
    const { data, stream } = event, last = world.known("lastOf", stream);
    const isOf = (data.moment === "start" ? OPENED : CLOSED).includes(last.topic);
    must(isOf && last.version === event.version - 1n && isOneCommand(last, event), "nothing_to_report");
    must(data.reported_by !== undefined || (data.evidence ?? []).length > 0, "says_nothing");
  },

  "exclusion.applied": excludes,
  "exclusion.applied.v2": excludes,
  "exclusion.applied_as_announced": excludes,

  "exclusion.withdrawn"(world, { data, stream }) {
    must(world.known("incidents", stream).standing.has(data.exclusion), "no_exclusion");
  },
});

/** A stage or a region changes between the enrolment and the closure, to another than what begins at that instant. */
function mustChangeFrom(account, at, value, begun) {
  must(account.enrolled_at <= at, "before_enrolment");
  must(account.closedAt === null || at <= account.closedAt, "after_closure");
  const same = begun.findLast(([since]) => since === at);
  must(same === undefined || same[1] !== value, "no_change");
}

function opens(world, event) {
  const { data, stream } = event, regions = data.regions ?? [];
  must((data.account !== undefined) === (data.scope === "account"), "wrong_scope");
  must(regions.length > 0 === (data.scope === "regions"), "wrong_scope");
  must(regions.every((one, at) => at === 0 || regions[at - 1] < one), "regions_unordered");
  if (data.scope === "account") world.enrolled();
  mustBeFunction(world, data.function);
  world.opened.set(stream, event);
  world.incidents.set(stream, new Incident(data));
}

function mustBeFunction(world, name) {
  must([...world.versions.values()].some((version) => version.functions.includes(name)), "no_function");
}

function closes(world, { data, stream }) {
  const incident = world.known("incidents", stream);
  must(!incident.isWithdrawn && incident.ended_at === null, "not_open");
  must(incident.started_at <= data.ended_at, "ends_before_start");
}

function corrects(world, { data, stream }) {
  const incident = world.known("incidents", stream);
  must(!incident.isWithdrawn, "is_withdrawn");
  must(data.ended_at === undefined || incident.ended_at !== null, "no_end");
  const { started_at: start, ended_at: end, function: name } = { ...incident, ...data };
  must(start !== incident.started_at || end !== incident.ended_at || name !== incident.function, "no_change");
  must(end === null || start <= end, "ends_before_start");
  mustBeFunction(world, name);
  const terms = termsOfStart(world, incident);
  for (const cause of incident.standing.values()) {
    if (cause.data.from_at === undefined) mustBeAnnounced(terms, cause.data, start);
  }
}

/** The terms that govern the month in which an incident started. */
function termsOfStart(world, incident) {
  return world.termsOf(dayText(dayAt(incident.started_at, world.latest().zone)).slice(0, 7));
}

/** Clause 2.3(5), R23: the customer was told before the maintenance began, or before its announced window. */
function mustBeAnnounced(terms, cause, begins) {
  const listed = terms.document.exclusions.find(({ clause }) => clause === cause.clause);
  must(listed !== undefined, "no_such_cause", { clause: cause.clause });
  const isInTime = (cause.notified_at ?? OPEN) < later(begins, cause.announced_from ?? 0n);
  must(isInTime || listed.notice_required !== true, "not_announced");
}

function excludes(world, event) {
  const { data, reason, stream } = event, incident = world.known("incidents", stream);
  must(!incident.isWithdrawn, "is_withdrawn");
  must(reason === null || isWords(reason), "no_reason");
  must(data.exclusion === BigInt(incident.causes.length + 1), "wrong_number", { number: BigInt(incident.causes.length + 1) });
  const content = (one) => ({ ...one.data, exclusion: 0n, evidence: [one.data.evidence ?? []].flat(), why: one.reason });
  const isSame = (one) => equals(content(one), content(event));
  must(![...incident.standing.values()].some(isSame), "stands_already");
  const edge = incident.ended_at ?? OPEN, from = data.from_at ?? incident.started_at, to = data.to_at ?? edge;
  must(from < to && incident.started_at < to && from < edge, "excludes_nothing");
  must((data.announced_from ?? 0n) < (data.announced_to ?? OPEN), "empty_window");
  mustBeAnnounced(termsOfStart(world, incident), data, from);
}
