/* The fields of every event that a dossier may hold, each of its kind; `?` behind a name: it may be left out. */

const within = (low, high) => (value) => typeof value === "bigint" && low <= value && value < high;
const matches = (pattern) => (value) => typeof value === "string" && pattern.test(value);
const oneOf = (...values) => (value) => values.includes(value);
const listOf = (kind) => (value) => Array.isArray(value) && value.every(kind);
const orNull = (kind) => (value) => value === null || kind(value);

/** An object with these fields and no others, from `name:kind name?:kind`. */
function shape(text) {
  const fields = text.trim().split(/\s+/).map((field) => /^(\w+)(\??):(.+)$/.exec(field).slice(1));
  const kinds = new Map(fields.map(([name, , kind]) => [name, kind]));
  const needed = fields.filter(([, optional]) => !optional).map(([name]) => name);
  return Object.assign(
    (value) => isObject(value) && needed.every((name) => name in value)
      && Object.entries(value).every(([name, each]) => kinds.has(name) && kindOf(kinds.get(name))(each)),
    { instants: fields.filter(([, , kind]) => kind === "at").map(([name]) => name) },
  );
}

/** `int|null`: may be null too; `[day]`: a list. */
function kindOf(name) {
  if (!(name in KINDS)) {
    KINDS[name] = name.endsWith("|null") ? orNull(kindOf(name.slice(0, -5))) : listOf(kindOf(name.slice(1, -1)));
  }
  return KINDS[name];
}

/** The spaces of Unicode; a text of these alone is blank. */
const BLANKS = /^(?:(?!\ufeff)[\s\u0085\u001c-\u001f])*$/u;
const lettersIn = (text) => [...text].length;

/** A reason, a name, a statement: 1 to 2,000 characters, not all blank, of the control characters only tab and line feed. */
const isWords = (value) => typeof value === "string" && !BLANKS.test(value) && lettersIn(value) <= 2000
  && !/[\u0000-\u0008\u000b-\u001f\u007f]/.test(value);

/** A name of 1 to 200 characters that can be printed, of the spaces only the plain one. */
const isPrintable = (text) => !/[\p{C}\p{Z}]/u.test(text.replaceAll(" ", ""));
const isName = (value) => typeof value === "string" && value !== "" && lettersIn(value) <= 200 && isPrintable(value);

/** The 32 bytes of a verifier key, `NAME+ID+BASE64`, of a kind: 1 signs notes and events, 4 cosigns; null if it is none. */
function verifierKey(text, kind = 1) {
  const [, name, id, data] = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/.exec(text) ?? [];
  const bytes = data === undefined ? null : unbase64(data);
  if (bytes === null || bytes.length !== 33 || bytes[0] !== kind || !isPrintable(text) || /[\s\u0085]/.test(name)) return null;
  const hashed = hex(sha256(joined(utf8(`${name}\n`), bytes)));
  return hashed.startsWith(id) ? { name, id, key: bytes.slice(1) } : null;
}

const YEAR_2200 = 7_258_118_400_000_000n;
const KINDS = {
  at: within(0n, YEAR_2200),
  int: within(-(1n << 63n), 1n << 63n),
  count: within(1n, 1n << 63n),
  fen: within(0n, 10n ** 14n),
  months: within(1n, 121n),
  uncertainty: within(1n, 31n * DAY + 1n),
  id: matches(/^[A-Za-z0-9._:@-]{1,64}$/),
  voucher: matches(/^[A-Za-z0-9._:@-]{1,96}$/),
  month: matches(/^(?:19[7-9]\d|2[01]\d\d)-(?:0[1-9]|1[0-2])$/),
  date: matches(/^\d{4}-\d\d-\d\d$/),
  hash: matches(/^[0-9a-f]{64}$/),
  percent: matches(/^\d{1,3}(?:\.\d{1,9})?%$/),
  function: matches(/^[a-z][a-z0-9_]{0,39}$/),
  text: (value) => typeof value === "string",
  words: isWords,
  name: isName,
  key: (value) => typeof value === "string" && value.length <= 300 && verifierKey(value) !== null,
  bool: oneOf(true, false),
  stage: oneOf("general", "public_beta", "invited_beta"),
  scope: oneOf("account", "accounts", "regions", "all"),
  moment: oneOf("start", "end"),
  part: oneOf("service", "call"),
  outcome: oneOf("awarded", "commitment_met", "nothing_to_credit", "too_early", "too_late", "not_covered"),
  format: oneOf(1n, 2n, 3n),
  any: () => true,
};
Object.assign(KINDS, {
  evidence: shape("name:words sha256:hash uri?:words|null"),
  day: shape("date:date name:text"),
  source: shape("name:text scope?:text key?:text said_at?:int|null inferred?:bool"),
  calendar: shape("sha256:text years:[int]"),
  facts: shape("position:int count:int sha256:text"),
  window: shape("nth_workday:date|null last_day:date|null opens_at:int closes_at:int|null years:[int]"),
  episode: shape("start:int end:int|null length_us:int counted_us:int incidents:[text]"),
  availability: shape(`total_us:int covered_us:int unavailable_us:int numerator:int denominator:int
    meets_commitment:bool tier:int|null episodes:[episode]`),
  base: shape("fee_fen:int voucher_offset_fen:int net_fen:int"),
  bases: shape("product_fee_fen:int call_fee_fen:int service:base call:base"),
  amount: shape("rate:percent amount_fen:int"),
  credit: shape("service:amount call:amount total_fen:int"),
  step: shape("clause:any step:any inputs:any result:any"),
});
KINDS.record = shape(`number:int format:format outcome:outcome decided_at:int filed_at:int account:any month:any terms:any
  calendar:calendar facts:facts window:window availability:availability|null bases:bases|null credit:credit|null
  steps:[step] currency?:text remedy?:text`);

/** What stands in every state beside its data. */
const STATE = shape(`recorded_at:at actor:text data:any reason?:text|null key?:text|null source?:source|null
  public_key?:text|null signature?:text|null`);

const INCIDENT = "incident:id", ACCOUNT = "account:id", BILL = "bill:id", CLAIM = "account:id month:month";
const BEGINS_OUTAGE = `${INCIDENT} function:function started_at:at scope:scope account?:id regions?:[id]`;
const EXCLUDES = `${INCIDENT} exclusion:count clause:text from_at?:at to_at?:at notified_at?:at`;
const AMOUNTS = "service_voucher_fen?:fen call_voucher_fen?:fen";

const FIELDS = {
  "account.enrolled": `${ACCOUNT} enrolled_at:at stage:stage region?:id covered_in_beta?:bool`,
  "account.restaged": `${ACCOUNT} stage:stage changed_at:at`,
  "account.moved": `${ACCOUNT} region:id moved_at:at`,
  "account.named": `${ACCOUNT} name:words`,
  "account.corrected": `${ACCOUNT} enrolled_at?:at stage?:stage region?:id covered_in_beta?:bool`,
  "account.closed": `${ACCOUNT} closed_at:at`,
  "incident.opened": BEGINS_OUTAGE,
  "incident.opened_within": `${BEGINS_OUTAGE} uncertainty_us:uncertainty`,
  "incident.joined": `${INCIDENT} ${ACCOUNT}`,
  "incident.closed": `${INCIDENT} ended_at:at`,
  "incident.closed_within": `${INCIDENT} ended_at:at uncertainty_us:uncertainty`,
  "incident.corrected": `${INCIDENT} started_at?:at ended_at?:at`,
  "incident.corrected_within": `${INCIDENT} started_at?:at ended_at?:at uncertainty_us:uncertainty`,
  "incident.function_corrected": `${INCIDENT} function:function`,
  "incident.reopened": INCIDENT,
  "incident.withdrawn": INCIDENT,
  "incident.restored": INCIDENT,
  "incident.kept": INCIDENT,
  "incident.released": INCIDENT,
  "incident.reported": `${INCIDENT} moment:moment reported_by?:words evidence?:[evidence]`,
  "exclusion.applied": `${EXCLUDES} evidence?:evidence`,
  "exclusion.applied.v2": `${EXCLUDES} evidence?:[evidence]`,
  "exclusion.applied_as_announced": `${EXCLUDES} evidence?:[evidence] announced_from:at announced_to:at`,
  "exclusion.withdrawn": `${INCIDENT} exclusion:count`,
  "fees.billed": `${BILL} ${ACCOUNT} first_month:month months:months billed_at:at product_fee_fen:fen call_fee_fen:fen
    ${AMOUNTS}`,
  "fees.corrected": `${BILL} product_fee_fen?:fen call_fee_fen?:fen ${AMOUNTS}`,
  "fees.voided": BILL,
  "fees.restored": BILL,
  "fees.paid_by_voucher": `${BILL} voucher:voucher redemption:count voucher_month:month part:part amount_fen:fen`,
  "fees.payment_reversed": `${BILL} voucher:voucher redemption:count`,
  "fees.offset_explained": `${BILL} voucher:voucher redemption:count`,
  "claim.filed": `${CLAIM} filed_at:at statement?:words`,
  "claim.evidenced": `${CLAIM} evidence:[evidence]`,
  "claim.withdrawn": CLAIM,
  "claim.decided": `${CLAIM} decision:record`,
  "claim.approved": `${CLAIM} decision:count decision_sha256:hash amount_fen:fen position:int`,
  "claim.disputed": `${CLAIM} disputed_at:at grounds:words`,
  "claim.paid": `${CLAIM} voucher:voucher amount_fen:fen`,
  "claim.payment_cancelled": `${CLAIM} voucher:voucher amount_fen:fen`,
  "voucher.issued": `voucher:voucher ${CLAIM} amount_fen:fen issued_at:at decision:count version:text`,
  "voucher.redeemed": `voucher:voucher redemption:count ${BILL} part:part amount_fen:fen redeemed_at:at`,
  "voucher.redemption_reversed": "voucher:voucher redemption:count",
  "voucher.cancelled": "voucher:voucher amount_fen:fen",
  "terms.published": "agreement:text version:text effective_at:int sha256:hash document:text noticed_at?:at",
  "calendar.published": "country:text year:int sha256:hash source:text holidays:[day] workdays:[day]",
  "actor.key_added": "actor:name public_key:key",
  "actor.key_retired": "actor:name public_key:key",
  "controls.set": "approval_above_fen?:fen provider_name?:words provider_address?:words signed?:bool",
  "ledger.created": "ledger:text",
  "ledger.upgraded": "rules:int version:text",
};
const SHAPES = new Map(Object.entries(FIELDS).map(([topic, text]) => [topic, shape(text)]));
