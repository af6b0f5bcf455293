/* All checks of a dossier, in the order of docs/dossier.md. */

const MOST_DIFFERENCES = 5;
const DEMO = "slaledger-demo-";

/** A check: `name`, its `findings` (errors), and what its line names beside them; `unchecked` says why it was not made. */
function checked(name, findings, named = {}) {
  return { name, findings, named, unchecked: null };
}

const unchecked = (name, reason, named = {}) => ({ name, findings: [], named, unchecked: reason });

/** A check that the reader asked for; where it is not made, the dossier does not show all that was asked. */
const asked = (one) => ({ ...one, isAsked: true });

/** The errors that functions throw, in order; an error that is none of ours says that the content cannot be followed. */
function caught(...parts) {
  const found = [];
  for (const part of parts) {
    try {
      found.push(...(part() ?? []));
    } catch (error) {
      found.push(asWrong(error));
    }
  }
  return found;
}

const asWrong = (error) => (error instanceof Wrong ? error : new Wrong("cannot_follow", { error: String(error.message) }));
const wrongIf = (isWrong, code, named) => (isWrong ? [new Wrong(code, named)] : []);

/** The bytes are the canonical JSON of what they say, and the digest is that of everything else. */
function checkFile(text, dossier) {
  const { digest, ...content } = dossier;
  return caught(
    () => wrongIf(`${canonical(dossier)}\n` !== text, "not_canonical"),
    () => wrongIf(sha256Hex(canonical(content)) !== digest, "wrong_digest"),
  );
}

/** Each event's leaf stands at its place in the checkpoint's tree. */
function checkProofs(dossier, tree) {
  return dossier.events.flatMap((event) => caught(() => {
    const root = rootFrom(event.index, tree.size, leafHash(event), event.proof.map(hashOf));
    return wrongIf(root === null || !isSame(root, tree.root), "not_in_tree");
  }).map((error) => of(event, error)));
}

/** Positions and indexes increase; the versions of each stream run from 1 without a gap. */
function checkOrder({ events }) {
  const versions = new Map();
  return events.flatMap((event, at) => {
    const before = events[at - 1], expected = (versions.get(event.stream) ?? 0n) + 1n;
    versions.set(event.stream, event.version);
    const isBehind = before === undefined || (before.position < event.position && before.index < event.index);
    const named = { stream: event.stream, version: event.version, expected };
    return [...wrongIf(!isBehind, "out_of_order"), ...wrongIf(event.version !== expected, "version_missing", named)]
      .map((error) => of(event, error));
  });
}

function checkContinued({ checkpoint, proof }, tree) {
  const earlier = readCheckpoint(checkpoint);
  return [
    ...wrongIf(earlier.origin !== tree.origin, "another_ledger", { origin: earlier.origin, ledger: tree.origin }),
    ...wrongIf(!continues(earlier, tree, proof), "not_continued", { count: earlier.size }),
  ];
}

/** What was left out stands in order, at positions of no event here, and no decision needs more. */
function checkLeftOut({ left_out: left, events }, decisions) {
  const there = new Set(events.map(({ position }) => position));
  const largest = decisions.reduce((found, { data }) => later(found, data.decision.facts.position), 0n);
  return left.flatMap(({ position, leaf }, at) => caught(
    () => { hashOf(leaf); },
    () => wrongIf(position <= (left[at - 1]?.position ?? 0n) || there.has(position), "left_out_unordered", { position }),
    () => wrongIf(position > largest, "left_out_needlessly", { position }),
  ));
}

/** The events of the claim's decisions. */
const decisionsIn = (events, { account, month }) =>
  events.filter(({ stream, topic }) => stream === `${account}/claim/${month}` && topic === "claim.decided");

/** A recorded decision rests on these events, on all that were known, and follows from them. */
function checkDecision(dossier, events, made, number) {
  const isRecord = SHAPES.get("claim.decided")(made.data);
  const left = (dossier.left_out ?? []).map(({ position, leaf }) => ({ position, leaf: hashOf(leaf) }));
  return isRecord ? caught(
    () => wrongIf(made.data.month !== dossier.month, "another_month", { month: made.data.month }),
    () => checkPosition([...events, ...left], made),
    () => checkRecord(dossier, events, left, made, number),
  ) : [new Wrong("wrong_fields")];
}

/** Nothing stands between the position up to which a decision knew the log, and the decision. */
function checkPosition(all, { position: at, data: { decision: { facts: { position } } } }) {
  const isPassedOver = all.some((one) => position < one.position && one.position < at);
  return wrongIf(isPassedOver || position >= at, "knew_less", { position });
}

/** Deciding again gives the record, byte for byte. What it knew is counted and hashed with what was left out of it. */
function checkRecord({ account, month }, events, left, { data: { decision: record } }, number) {
  const { position } = record.facts, known = knownAt(events, position, record.calendar.years);
  const leaves = [...known, ...left.filter((one) => one.position <= position)];
  leaves.sort((a, b) => (a.position < b.position ? -1 : 1));
  const facts = { position, count: leaves.length, sha256: hex(sha256(joined(...leaves.map(({ leaf }) => leaf)))) };
  const expected = decide(known, { account, month, number, facts, decidedAt: record.decided_at, format: record.format });
  const text = written(expected), differing = [...differences(record, parseJson(text))];
  return [
    ...differing.slice(0, MOST_DIFFERENCES).map((named) => new Wrong("decided_otherwise", named)),
    ...wrongIf(differing.length > MOST_DIFFERENCES, "more_differences", { count: BigInt(differing.length - MOST_DIFFERENCES) }),
    ...wrongIf(!differing.length && text !== textOf.get(record), "written_otherwise"),
  ];
}

/** Where a record is another than what follows from the events. */
function* differences(said, follows, path = "") {
  if (equals(said, follows)) return;
  const isBoth = (kind) => kind(said) && kind(follows);
  if (!isBoth(isObject) && !(isBoth(Array.isArray) && said.length === follows.length)) {
    yield { path, said, follows };
    return;
  }
  const names = Array.isArray(said) ? said.keys() : new Set([...Object.keys(follows), ...Object.keys(said)]);
  for (const name of names) yield* differences(said[name], follows[name], path ? `${path}.${name}` : String(name));
}

async function checkSignatures(ledger, events) {
  const signed = events.filter((event) => event.public_key !== null || event.signature !== null);
  const named = { count: BigInt(signed.length) };
  if (!signed.length) return [];
  if (!await hasEd25519()) return [unchecked("signatures", "no_ed25519", named)];
  const results = await Promise.all(signed.map(async (event) => [event, await isSigned(ledger, event)]));
  const wrong = results.filter(([, isRight]) => !isRight).map(([event]) => of(event, new Wrong("wrong_signature")));
  return [checked("signatures", wrong, named)];
}

/** What the events say, once their states can be read. */
async function checkContent(dossier, events) {
  const { account } = dossier, count = BigInt(events.length), made = decisionsIn(events, dossier);
  const foreign = foreignIn(events, dossier).map((event) => of(event, new Wrong("foreign", { stream: event.stream, account })));
  const inadmissible = foreign.length ? null : inadmissibleIn(events, dossier);
  const rules = foreign.length ? unchecked("rules", "foreign_events") : checked("rules", inadmissible ? [inadmissible] : [], { count });
  const left = dossier.left_out === undefined ? [] : [
    checked("left_out", caught(() => checkLeftOut(dossier, made)), { count: BigInt(dossier.left_out.length) })];
  return [
    checked("concern", foreign, { account, count }),
    ...await checkSignatures(dossier.ledger, events),
    rules,
    ...left,
    ...(made.length ? [] : [checked("decided", [new Wrong("no_decision", dossier)])]),
    ...made.map((event, at) => {
      const findings = caught(() => checkDecision(dossier, events, event, at + 1));
      return checked("decision", findings.map((error) => of(event, error)), { number: BigInt(at + 1), decision: event.data.decision });
    }),
  ];
}

/** Every check of a dossier's text; `tree` is its checkpoint, null where that cannot be read. */
async function checksOf(text, dossier, tree, given) {
  const found = [checked("file", checkFile(text, dossier))];
  const count = BigInt(dossier.events.length);
  if (tree instanceof Wrong) found.push(checked("checkpoint", [tree]), unchecked("proofs", "no_checkpoint", { count }));
  else {
    found.push(await checkCheckpoint(dossier, tree, given));
    found.push(checked("proofs", checkProofs(dossier, tree), { count, size: tree.size }));
    if (dossier.since) found.push(checked("since", caught(() => checkContinued(dossier.since, tree)), sizeOf(dossier.since)));
    for (const one of dossier.attestations ?? []) found.push(...checkAttestation(dossier, one, tree));
    found.push(...await checkGiven(dossier, tree, given));
  }
  found.push(checked("order", checkOrder(dossier), { count }));
  try {
    found.push(...await checkContent(dossier, dossier.events.map(readEvent)));
  } catch (error) {
    found.push(checked("states", [asWrong(error)]), unchecked("rules", "states_unread", { count }));
  }
  return found;
}

/** What a dossier comes to: `sound`, `differs`, `not_shown` or `unreadable`; with its checks, those that fail first. */
async function check(bytes, given = {}) {
  let text, dossier;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    dossier = readDossier(text);
  } catch (error) {
    const wrong = error instanceof Unreadable ? error : new Unreadable("not_unicode");
    return { verdict: "unreadable", checks: [checked("file", [wrong])] };
  }
  const tree = caughtValue(() => readCheckpoint(dossier.checkpoint));
  const checks = await checksOf(text, dossier, tree, given);
  return concluded({ dossier, isDemo: dossier.ledger.startsWith(DEMO), checks });
}

/** A result with its verdict. What fails stands first: where an event is named, before the rest. */
function concluded({ checks, ...rest }) {
  const rank = ({ findings }) => (findings.some(({ event }) => event) ? 0 : findings.length ? 1 : 2);
  const isShort = checks.some(({ isAsked = false }) => isAsked);
  const verdict = checks.some((one) => rank(one) < 2) ? "differs" : isShort ? "not_shown" : "sound";
  return { ...rest, verdict, checks: [0, 1, 2].flatMap((each) => checks.filter((one) => rank(one) === each)) };
}

function caughtValue(part) {
  try {
    return part();
  } catch (error) {
    return asWrong(error);
  }
}

const sizeOf = ({ checkpoint }) => ({ count: caughtValue(() => readCheckpoint(checkpoint).size) });
