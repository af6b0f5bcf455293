/* The rules of terms, calendars, controls and keys; and the signatures of events (Ed25519). */

/** Controls that may be left out again. */
const MAY_BE_LIFTED = ["approval_above_fen", "signed"];

Object.assign(RULES, {
  "ledger.created"() {},

  "ledger.upgraded"(world, { data }) {
    must(world.rules < data.rules && data.rules <= LATEST_RULES, "unknown_rules");
    must(isWords(data.version), "says_nothing");
    world.rules = data.rules;
  },

  /* Clause 4, R27: announced in time; or published again, for a reason and with nothing but readings changed. */
  "terms.published"(world, event) {
    const made = new Terms(event.data), others = [...world.versions.values()], held = world.versions.get(made.version);
    must(made.document.agreement === event.data.agreement, "another_agreement");
    for (const one of others) {
      must(one.document.agreement === made.document.agreement && one.currency === made.currency, "another_agreement");
      must(one.sha256 !== made.sha256, "no_change");
    }
    if (held === undefined) mustBeNoticed(made, others);
    else mustOnlyReadOtherwise(held, made, event.reason);
    world.versions.set(made.version, made);
  },

  "calendar.published"(world, { data, stream, reason }) {
    const { country, year, holidays, workdays } = data;
    const made = sha256Hex(canonical({ country, year, holidays, workdays }));
    must(country === "CN" && data.sha256 === made, "wrong_calendar_hash");
    for (const days of [holidays, workdays]) {
      const isRight = days.every(({ date }, at) => dayOf(date) !== null && (at === 0 || days[at - 1].date < date));
      must(isRight, "days_unordered");
    }
    const held = world.calendars.get(stream);
    must(held === undefined || (held !== data.sha256 && reason !== null), "stands_already");
    world.calendars.set(stream, data.sha256);
  },

  /* An event has all controls as they are from then on. A provider is never left out again. */
  "controls.set"(world, event) {
    const held = world.controls ?? Object.create(null);
    const made = Object.fromEntries(Object.entries(event.data).filter(([, value]) => value !== false));
    must(Object.keys(held).every((name) => name in made || MAY_BE_LIFTED.includes(name)), "control_left_out");
    must(!equals({ ...held }, made), "no_change");
    must(made.signed === undefined || event.public_key !== null, "not_signed");
    world.controls = made;
  },

  /* A key is registered once, for one actor; only an actor's first key without a signature. */
  "actor.key_added"(world, event) {
    const { actor, public_key: key } = event.data, held = world.keys.get(key);
    const isSameKey = (one) => isSame(verifierKey(one).key, verifierKey(key).key);
    must(held === undefined || (held === actor && world.retired.has(key)), "key_registered");
    must([...world.keys.keys()].every((one) => one === key || !isSameKey(one)), "key_registered");
    must(event.public_key !== null || ![...world.keys.values()].includes(actor), "not_signed");
    must(event.reason === null || isWords(event.reason), "no_reason");
    world.keys.set(key, actor);
    world.retired.delete(key);
  },

  "actor.key_retired"(world, event) {
    const { actor, public_key: key } = event.data;
    must(world.keys.get(key) === actor && !world.retired.has(key), "no_such_key");
    must(event.public_key !== null, "not_signed");
    must(event.reason === null || isWords(event.reason), "no_reason");
    world.retired.add(key);
  },
});

/** An amendment is announced as long before it takes effect as the version that it amends asks. */
function mustBeNoticed(made, others) {
  must(others.every(({ effectiveAt }) => effectiveAt !== made.effectiveAt), "same_day");
  const amended = others.filter(({ effectiveAt }) => effectiveAt < made.effectiveAt);
  if (!amended.length) return;
  const before = amended.reduce((found, one) => (one.effectiveAt > found.effectiveAt ? one : found));
  const days = before.needed("amendments", "notice_days");
  must(made.effectiveAt - (made.noticedAt ?? made.effectiveAt) >= days * DAY, "noticed_too_late", { days });
}

function mustOnlyReadOtherwise(held, made, reason) {
  must(reason !== null, "no_reason");
  const rest = ({ document: { readings, revision, ...others }, noticedAt }) => [others, noticedAt];
  must(equals(rest(held), rest(made)), "more_than_readings");
  for (const name of ["timezone", "version_in_force"]) must(held.readings[name] === made.readings[name], "more_than_readings");
}

/* Signatures. */

/** The browser's Ed25519 of a key; null where it has none. */
async function ed25519(key) {
  try {
    const made = await crypto.subtle.importKey("raw", key, "Ed25519", false, ["verify"]);
    return (signature, data) => crypto.subtle.verify("Ed25519", made, signature, data);
  } catch {
    return null;
  }
}

/** Whether this browser can check Ed25519: it knows a key and the signature of nothing by it (RFC 8032, 7.1, test 1). */
async function hasEd25519() {
  const key = unbase64("11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=");
  const signature = unbase64("5VZDAMNgrHKQhuLMgG6CioSHfx645dl02HPgZSJJAVVfuIIVkKM7rMYeOXAc+bRr0lv18FlbviRlUUFDjnoQCw==");
  const verify = await ed25519(key);
  return verify !== null && await verify(signature, new Uint8Array());
}

/** Whether an event's signature is of where it stands, and of its state without the last two members, its key and itself. */
async function isSigned(ledger, event) {
  const key = event.public_key === null ? null : verifierKey(event.public_key);
  const ending = `,"public_key":${written(event.public_key)},"signature":${written(event.signature)}}`;
  const signature = event.signature === null ? null : unbase64(event.signature);
  if (key === null || signature?.length !== 64 || !event.text.endsWith(ending)) return false;
  const place = framed(ledger, event.stream, String(event.version), event.topic);
  const state = utf8(`${event.text.slice(0, -ending.length)}}`);
  const verify = await ed25519(key.key);
  return verify !== null && await verify(signature, joined(utf8("slaledger-event-v1\n"), place, state));
}
