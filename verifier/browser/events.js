/* The dossier's events: how the file says them, whose they are, and which a decision knew. */

const FORMATS = ["slaledger-dossier-1", "slaledger-dossier-2"];
const DOSSIER = "format:text ledger:text account:text month:text checkpoint:text events:[event] digest:text since?:since";
Object.assign(KINDS, {
  integer: (value) => typeof value === "bigint",
  event: shape("index:integer position:integer stream:text version:integer topic:text state:text proof:[text]"),
  since: shape("checkpoint:text proof:[text]"),
  left: shape("position:integer leaf:text"),
  attestation: shape("checkpoint:text proof:[text] timestamp?:text"),
});
const SHAPE_OF = {
  [FORMATS[0]]: shape(DOSSIER),
  [FORMATS[1]]: shape(`${DOSSIER} left_out?:[left] attestations?:[attestation]`),
};

/** The dossier that a text says. Throws Unreadable. */
function readDossier(text) {
  let found;
  try {
    found = parseJson(text);
  } catch (error) {
    if (error instanceof Wrong) throw new Unreadable(error.code, error.named);
    throw error;
  }
  const isKnown = isObject(found) && FORMATS.includes(found.format) && SHAPE_OF[found.format](found);
  if (!isKnown) throw new Unreadable("not_a_dossier", { formats: FORMATS.join(", ") });
  return found;
}

/** An event with its state read. Throws Wrong, which names the event. */
function readEvent(proved) {
  const { index, position, stream, version, topic, state: text } = proved;
  const event = { index, position, stream, version, topic, text, proof: proved.proof, owner: stream.split("/", 1)[0] };
  try {
    const state = parseJson(text);
    must(STATE(state) && isObject(state.data), "not_a_state");
    const said = Object.entries(state.data).filter(([, value]) => value !== null);
    return Object.assign(event, {
      leaf: leafHash(proved),
      data: Object.assign(Object.create(null), Object.fromEntries(said)),
      recorded_at: state.recorded_at,
      actor: state.actor,
      reason: state.reason ?? null,
      key: state.key ?? null,
      public_key: state.public_key ?? null,
      signature: state.signature ?? null,
    });
  } catch (error) {
    throw of(event, error);
  }
}

/** An error with the event of which it is. */
function of({ position, topic, stream }, error) {
  if (error instanceof Wrong) error.event ??= { position, topic, stream };
  return error;
}

/** Whether one command recorded two events. */
const isOneCommand = (some, other) => ["recorded_at", "actor", "reason", "key"].every((name) => some[name] === other[name]);

const isCalendar = ({ stream }) => stream.startsWith("~/calendar/");
const isSharedIncident = ({ stream }) => stream.startsWith("~/incident/");
const isRule = ({ stream }) => stream === "~/ledger" || stream.startsWith("~/terms/") || stream.startsWith("~/calendar/");

/** The streams of the shared incidents open to all, to one of some regions, or joined by the account. */
function sharedIn(events, regions) {
  const joined = joinedIn(events);
  const isOurs = ({ scope, incident, regions: named = [] }) =>
    scope === "all" || joined.has(incident) || named.some((one) => regions.has(one));
  const opened = events.filter((event) => isSharedIncident(event) && OPENED.includes(event.topic));
  return new Set(opened.filter(({ data }) => isOurs(data)).map(({ stream }) => stream));
}

/** Every region that the account was ever recorded in. */
const everIn = (events) => new Set(
  events.filter(({ topic }) => ["account.enrolled", "account.corrected", "account.moved"].includes(topic))
    .map(({ data }) => data.region).filter((region) => region !== undefined));

/** The regions of an account as it is recorded: the last said of its enrolment, and of the moves at an instant the last. */
function regionsOf(events) {
  const said = events.filter(({ topic }) => ["account.enrolled", "account.corrected"].includes(topic));
  const enrolled = said.map(({ data }) => data.region).filter((region) => region !== undefined);
  const moved = events.filter(({ topic }) => topic === "account.moved").map(({ data }) => [data.moved_at, data.region]);
  return new Set([...enrolled.slice(-1), ...new Map(moved).values()]);
}

/** The events that do not belong into an account's dossier. */
function foreignIn(events, { account, format }) {
  const welcome = sharedIn(events, everIn(events));
  if (format === FORMATS[1]) welcome.add("~/controls");
  for (const event of events) if (event.public_key !== null) welcome.add(`~/actor/${event.actor}`);
  return events.filter((event) => {
    const isOurs = isRule(event) || event.owner === account || welcome.has(event.stream);
    return !isOurs || (event.data.account ?? account) !== account;
  });
}

/** What a decision knew: of the events up to a position those on which it can rest. */
function knownAt(events, position, years) {
  const before = events.filter((event) => event.position <= position && event.stream !== "~/ledger");
  const shared = sharedIn(before, regionsOf(before)), calendars = new Set(years.map((year) => `~/calendar/CN-${year}`));
  return before.filter((event) => event.stream !== "~/controls" && !event.stream.startsWith("~/actor/")
    && (!isCalendar(event) || calendars.has(event.stream))
    && (!isSharedIncident(event) || shared.has(event.stream)));
}
