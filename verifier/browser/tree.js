/* The Merkle tree of the log: checkpoints (C2SP tlog-checkpoint), leaves and proofs (RFC 6962). */

const CHECKPOINT = /^([^\n]+)\n(0|[1-9]\d{0,17})\n([^\n]+)\n(?:\n((?:[^\n]+\n){1,100}))?$/;
const CONTROL = /[\u0000-\u001f\u007f]/;

/** A checkpoint, with its body as it is signed, and its signatures: `name`, `id` (hexadecimal) and `bytes` of each. */
function readCheckpoint(text) {
  const [, origin, size, root, lines = ""] = CHECKPOINT.exec(text) ?? [];
  must(origin !== undefined && !CONTROL.test(origin), "not_a_checkpoint");
  const found = { origin, size: BigInt(size), root: hashOf(root), body: text.split("\n", 3).join("\n") + "\n" };
  must(found.size > 0n || isSame(found.root, sha256(new Uint8Array())), "not_a_checkpoint");
  found.signatures = lines.split("\n").slice(0, -1).map(readSignature);
  return found;
}

function readSignature(line) {
  const [, name, data] = /^— ([^\s+]+) (\S+)$/u.exec(line) ?? [];
  const bytes = data === undefined || CONTROL.test(line) ? null : unbase64(data);
  must(bytes !== null && bytes.length >= 5, "not_a_signature_line", { line });
  return { name, id: hex(bytes.slice(0, 4)), bytes: bytes.slice(4) };
}

/** RFC 6962, 2.1: SHA-256 over 0x00 and the leaf's data. */
function leafHash(event) {
  return sha256(joined(Uint8Array.of(0), framed(event.stream, String(event.version), event.topic, event.state)));
}

const nodeHash = (left, right) => sha256(joined(Uint8Array.of(1), left, right));

/** RFC 6962, 2.1: how many leaves stand in the left half of a tree: the largest power of two below its size. */
const leftHalf = (size) => 1n << BigInt((size - 1n).toString(2).length - 1);

/** RFC 6962, 2.1.1: the root to which an inclusion proof leads; null where it is not as long as such a proof is. */
function rootFrom(index, size, leaf, proof) {
  if (size <= 1n) return size === 1n && index === 0n && proof.length === 0 ? leaf : null;
  if (index < 0n || index >= size || proof.length === 0) return null;
  const half = leftHalf(size), beside = proof.at(-1), rest = proof.slice(0, -1);
  const inner = index < half ? rootFrom(index, half, leaf, rest) : rootFrom(index - half, size - half, leaf, rest);
  if (inner === null) return null;
  return index < half ? nodeHash(inner, beside) : nodeHash(beside, inner);
}

/** RFC 6962, 2.1.2: the roots of a tree's first `old` leaves and of all, to which a consistency proof leads. */
function rootsFrom(old, size, proof, known) {
  if (old === size) {
    const own = known ?? proof[0];
    return proof.length === (known ? 0 : 1) ? [own, own] : null;
  }
  if (proof.length === 0) return null;
  const half = leftHalf(size), beside = proof.at(-1), rest = proof.slice(0, -1);
  if (old <= half) {
    const inner = rootsFrom(old, half, rest, known);
    return inner && [inner[0], nodeHash(inner[1], beside)];
  }
  const inner = rootsFrom(old - half, size - half, rest, null);
  return inner && inner.map((root) => nodeHash(beside, root));
}

/** Whether a proof shows that a tree continues an earlier one. */
function continues(earlier, tree, proof) {
  if (earlier.size < 1n || earlier.size > tree.size) return false;
  const roots = rootsFrom(earlier.size, tree.size, proof.map(hashOf), earlier.root);
  return roots !== null && isSame(roots[0], earlier.root) && isSame(roots[1], tree.root);
}
