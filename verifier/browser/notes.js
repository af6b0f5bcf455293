/* Signed checkpoints: the ledger's signature, witnesses' cosignatures, and the checkpoint that a reader kept. */

const ED25519_SIGNS = 1, ED25519_COSIGNS = 4;

/** The checkpoint is of this ledger; where a key is given, it is signed by that key. */
async function checkCheckpoint(dossier, tree, { keys = [], policy = null }) {
  const found = wrongIf(tree.origin !== dossier.ledger, "another_ledger", { origin: tree.origin, ledger: dossier.ledger });
  const lines = policy === null ? BigInt(tree.signatures.length) : 0n;
  const named = { size: tree.size, root: tree.body.split("\n")[2], keys: BigInt(keys.length), lines };
  if (!keys.length) return checked("checkpoint", found, named);
  if (!await hasEd25519() && !found.length) return asked(unchecked("checkpoint", "no_ed25519", named));
  for (const key of keys) {
    if (!await isSignedBy(tree, key)) found.push(new Wrong("not_signed_by", { key: key.name }));
  }
  return checked("checkpoint", found, named);
}

async function isSignedBy(note, { name, id, key }) {
  const verify = await ed25519(key), own = note.signatures.filter((one) => one.name === name && one.id === id);
  for (const { bytes } of own) if (verify !== null && await verify(bytes, utf8(note.body))) return true;
  return false;
}

/** An earlier checkpoint that others time-stamped or cosigned: the log continues it. The time stamp is for the programs. */
function checkAttestation(dossier, attestation, tree) {
  const size = caughtValue(() => readCheckpoint(attestation.checkpoint).size);
  const covered = BigInt(typeof size === "bigint" ? dossier.events.filter(({ index }) => index < size).length : 0);
  const named = { count: size, covered, of: BigInt(dossier.events.length) };
  return [
    checked("attestation", caught(() => checkContinued(attestation, tree)), named),
    ...(attestation.timestamp === undefined ? [] : [unchecked("timestamp", "for_programs", named)]),
  ];
}

/** What the reader gave beside the dossier: a checkpoint that it must continue, and a policy of witnesses. */
async function checkGiven(dossier, tree, { kept = null, policy = null }) {
  const found = [];
  if (kept !== null) found.push(checkKept(dossier, tree, kept));
  if (policy !== null) found.push(await checkPolicy(dossier, tree, policy));
  return found;
}

function checkKept(dossier, tree, text) {
  const kept = caughtValue(() => readCheckpoint(text));
  if (kept instanceof Wrong) return checked("kept", [kept], { count: 0n });
  const named = { count: kept.size, size: tree.size };
  const earlier = [dossier.since, ...(dossier.attestations ?? [])].filter(Boolean);
  const heads = [tree, ...earlier.map(({ checkpoint }) => caughtValue(() => readCheckpoint(checkpoint)))];
  const same = heads.filter(({ size }) => size === kept.size);
  const findings = [
    ...wrongIf(kept.origin !== tree.origin, "another_ledger", { origin: kept.origin, ledger: tree.origin }),
    ...wrongIf(same.some(({ root }) => !isSame(root, kept.root)), "rewritten", named),
  ];
  return findings.length || same.length ? checked("kept", findings, named) : asked(unchecked("kept", "not_tied", named));
}

/** The last second of the year 9999. */
const LATEST_SECOND = 253_402_300_799n;

/** C2SP cosignature v1: of a witness, over the time and the checkpoint's body. The seconds since 1970; null where none is. */
async function cosignedAt(note, { name, id, key }) {
  const verify = await ed25519(key);
  let first = null;
  for (const { bytes } of note.signatures.filter((one) => one.name === name && one.id === id)) {
    const time = bytes.length === 72 ? new DataView(bytes.buffer).getBigUint64(0) : LATEST_SECOND + 1n;
    const message = utf8(`cosignature/v1\ntime ${time}\n${note.body}`);
    must(time <= LATEST_SECOND && await verify(bytes.slice(8), message), "wrong_cosignature", { name });
    first = first === null ? time : earlier(first, time);
  }
  return first;
}

/** The checkpoint or one of the attestations has cosignatures of as many of the witnesses as the policy asks. */
async function checkPolicy(dossier, tree, { needed, witnesses }) {
  const named = { needed: BigInt(needed), of: BigInt(witnesses.length), count: 0n, signed: [] };
  if (!await hasEd25519()) return asked(unchecked("witnesses", "no_ed25519", named));
  const notes = [tree, ...(dossier.attestations ?? []).map(({ checkpoint }) => caughtValue(() => readCheckpoint(checkpoint)))];
  let best = [];
  try {
    for (const note of notes.filter((one) => !(one instanceof Wrong))) {
      const times = await Promise.all(witnesses.map((witness) => cosignedAt(note, witness)));
      const signed = witnesses.map(({ name }, at) => ({ name, time: times[at] })).filter(({ time }) => time !== null);
      if (signed.length > best.length) best = signed;
    }
  } catch (error) {
    return checked("witnesses", [asWrong(error)], named);
  }
  const found = { ...named, count: BigInt(best.length), signed: best };
  return best.length < needed ? asked(unchecked("witnesses", "too_few_witnesses", found)) : checked("witnesses", [], found);
}

/** `2 of KEY,KEY`, `any of …`, `all of …`: how many of which witnesses; throws Wrong where it is none. */
function readPolicy(text) {
  const [, count, list] = /^\s*(\d{1,4}|all|any)\s+of\s+(.*)$/is.exec(text) ?? [];
  must(list !== undefined, "not_a_policy");
  const read = list.split(",").map((one) => verifierKey(one.trim(), ED25519_COSIGNS) ?? must(false, "not_a_key"));
  const witnesses = [...new Map(read.map((one) => [hex(one.key), one])).values()];
  const needed = { any: 1, all: witnesses.length }[count.toLowerCase()] ?? Number(count);
  must(needed >= 1 && needed <= witnesses.length, "not_a_policy");
  return { needed, witnesses };
}

/** A line for each key or policy, as a reader types them. Throws Wrong. */
function readGiven(text) {
  const given = { keys: [], policy: null };
  for (const line of text.split("\n").map((one) => one.trim()).filter(Boolean)) {
    if (/^\S+\s+of\s/i.test(line)) given.policy = readPolicy(line);
    else given.keys.push(verifierKey(line, ED25519_SIGNS) ?? must(false, "not_a_key"));
  }
  return given;
}
