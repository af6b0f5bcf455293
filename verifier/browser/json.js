/* JSON: integers are BigInts, a fraction or a key said twice is an error, and an object knows the text it was read from. */
const textOf = new WeakMap();
const SIGN = /([{}[\]:,])/, STRING = /("[^"\\\u0000-\u001f]*(?:\\.[^"\\\u0000-\u001f]*)*")/;
const NUMBER = /(-?(?:0|[1-9]\d{0,999})(?![\d.eE]))/, NAMED = /(true|false|null)(?!\w)/;
const TOKEN = new RegExp(`[ \\t\\n\\r]*(?:${[SIGN, STRING, NUMBER, NAMED].map(({ source }) => source).join("|")}|$)`, "y");
const PLAIN = { true: true, false: false, null: null };
const DEEPEST = 200;

function parseJson(text) {
  let at = 0, began = 0, token;

  function next() {
    TOKEN.lastIndex = at;
    token = TOKEN.exec(text);
    must(token !== null, "not_json", { at: BigInt(at) });
    at = TOKEN.lastIndex;
    began = at - token[0].trimStart().length;
  }

  function expect(sign) {
    must(token[1] === sign, "not_json", { at: BigInt(began) });
    next();
  }

  function string() {
    must(token[2] !== undefined, "not_json", { at: BigInt(began) });
    let found;
    try {
      found = JSON.parse(token[2]);
    } catch {
      throw new Wrong("not_json", { at: BigInt(began) });
    }
    must(isUnicode(found), "not_unicode");
    next();
    return found;
  }

  function value(depth) {
    must(depth < DEEPEST, "not_json", { at: BigInt(began) });
    if (token[1] === "{") return object(depth);
    if (token[1] === "[") return list(depth);
    if (token[2] !== undefined) return string();
    const [number, plain] = [token[3], token[4]];
    must(number !== undefined || plain !== undefined, "not_json", { at: BigInt(began) });
    next();
    return number === undefined ? PLAIN[plain] : BigInt(number);
  }

  function object(depth) {
    const found = Object.create(null), start = began;
    next();
    while (token[1] !== "}") {
      if (Object.keys(found).length) expect(",");
      const name = string();
      must(!(name in found), "said_twice", { name });
      expect(":");
      found[name] = value(depth + 1);
    }
    textOf.set(found, text.slice(start, at));
    next();
    return found;
  }

  function list(depth) {
    const found = [];
    next();
    while (token[1] !== "]") {
      if (found.length) expect(",");
      found.push(value(depth + 1));
    }
    next();
    return found;
  }

  next();
  const found = value(0);
  must(token[0].trim() === "" && at === text.length, "not_json", { at: BigInt(at) });
  return found;
}

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

/** By code points, not by the halves of which JavaScript makes the higher ones. */
function byCodePoint(some, other) {
  const a = [...some], b = [...other], at = a.findIndex((each, place) => each !== b[place]);
  if (at < 0) return a.length - b.length;
  return b[at] === undefined ? 1 : a[at].codePointAt(0) - b[at].codePointAt(0);
}

/** A value as JSON without white space and with no escapes but the needed ones; keys in order where it is canonical. */
function written(value, isCanonical = false) {
  if (typeof value === "bigint" || typeof value === "number") return String(value);
  if (Array.isArray(value)) return `[${value.map((each) => written(each, isCanonical)).join(",")}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const names = isCanonical ? Object.keys(value).sort(byCodePoint) : Object.keys(value);
  return `{${names.map((name) => `${JSON.stringify(name)}:${written(value[name], isCanonical)}`).join(",")}}`;
}
const canonical = (value) => written(value, true);

/** Whether two values say the same, each of the same kind. */
function equals(some, other) {
  if (some === other) return true;
  if (Array.isArray(some)) {
    return Array.isArray(other) && some.length === other.length && some.every((each, at) => equals(each, other[at]));
  }
  if (!isObject(some) || !isObject(other)) return false;
  const names = Object.keys(some);
  return names.length === Object.keys(other).length && names.every((name) => name in other && equals(some[name], other[name]));
}
