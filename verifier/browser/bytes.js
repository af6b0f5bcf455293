/* What is wrong, and bytes: UTF-8, base64, SHA-256 (FIPS 180-4). */

/** Something is wrong: a code that `words.js` has a sentence for, and what the sentence names. */
class Wrong extends Error {
  constructor(code, named = {}) {
    super(code);
    this.code = code;
    this.named = named;
  }
}

/** The file is no dossier. */
class Unreadable extends Wrong {}

/** Throw Wrong unless a rule holds. */
function must(holds, code, named) {
  if (!holds) throw new Wrong(code, named);
}

const encoder = new TextEncoder();
const isUnicode = (text) => !/\p{Surrogate}/u.test(text);

function utf8(text) {
  must(isUnicode(text), "not_unicode");
  return encoder.encode(text);
}

function joined(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const isSame = (some, others) => some.length === others.length && some.every((byte, at) => byte === others[at]);

/** The bytes of a base64 text, which must be the one way to write them; null where it is not. */
function unbase64(text) {
  try {
    const found = atob(text);
    return btoa(found) === text ? Uint8Array.from(found, (each) => each.charCodeAt(0)) : null;
  } catch {
    return null;
  }
}

/** The 32 bytes of a hash in base64. */
function hashOf(text) {
  const found = unbase64(text);
  must(found !== null && found.length === 32, "not_a_hash", { text });
  return found;
}

/** Each part behind its length in bytes, which is 8 bytes, big-endian. */
function framed(...texts) {
  return joined(...texts.map(utf8).flatMap((part) => {
    const length = new Uint8Array(8);
    new DataView(length.buffer).setBigUint64(0, BigInt(part.length));
    return [length, part];
  }));
}

/* Our own SHA-256: that of the browser is asynchronous, and not there in a page that it does not take for secure. */
const ROUNDS = Uint32Array.of(
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98,
  0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
  0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8,
  0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
  0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819,
  0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
  0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
  0xc67178f2,
);
const FIRST = [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19];
const turned = (word, by) => (word >>> by) | (word << (32 - by));

function sha256(bytes) {
  const padded = new Uint8Array((Math.floor((bytes.length + 8) / 64) + 1) * 64);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setBigUint64(padded.length - 8, BigInt(bytes.length) * 8n);
  const state = Uint32Array.from(FIRST), words = new Uint32Array(64);
  for (let block = 0; block < padded.length; block += 64) compress(state, words, view, block);
  const found = new DataView(new ArrayBuffer(32));
  state.forEach((word, at) => found.setUint32(at * 4, word));
  return new Uint8Array(found.buffer);
}

function compress(state, words, view, block) {
  for (let at = 0; at < 16; at++) words[at] = view.getUint32(block + at * 4);
  for (let at = 16; at < 64; at++) {
    const early = words[at - 15], late = words[at - 2];
    const small = turned(early, 7) ^ turned(early, 18) ^ (early >>> 3);
    words[at] = words[at - 16] + small + words[at - 7] + (turned(late, 17) ^ turned(late, 19) ^ (late >>> 10));
  }
  let [a, b, c, d, e, f, g, h] = state;
  for (let at = 0; at < 64; at++) {
    const choice = (e & f) ^ (~e & g), majority = (a & b) ^ (a & c) ^ (b & c);
    const one = (h + (turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)) + choice + ROUNDS[at] + words[at]) | 0;
    const two = ((turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)) + majority) | 0;
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + one) | 0, c, b, a, (one + two) | 0];
  }
  [a, b, c, d, e, f, g, h].forEach((word, at) => { state[at] += word; });
}

const sha256Hex = (text) => hex(sha256(typeof text === "string" ? utf8(text) : text));
