/* TOML 1.0, as far as documents of terms use it: all but floats and times of day, which no document has.

   Dates and times stay texts; integers are BigInts. */

const BARE = /[A-Za-z0-9_-]+/y;
const BASIC = /"((?:[^"\\\u0000-\u0008\u000a-\u001f\u007f]|\\.)*)"/y;
const LITERAL = /'([^'\u0000-\u0008\u000a-\u001f\u007f]*)'/y;
const LONG_BASIC = /"""\n?((?:[^"\\]|\\[^]|"{1,2}(?!"))*"{0,2})"""/y;
const LONG_LITERAL = /'''\n?((?:[^']|'{1,2}(?!'))*'{0,2})'''/y;
const DECIMAL = /[+-]?(?:0|[1-9](?:_?\d)*)(?![\w.:+-])/y;
const WITH_BASE = /(?:0x[\dA-Fa-f](?:_?[\dA-Fa-f])*|0o[0-7](?:_?[0-7])*|0b[01](?:_?[01])*)(?![\w.])/y;
const DATE_TIME = /\d{4}-\d\d-\d\d(?:[Tt ]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)?)?(?![\w:])/y;
const TRUTH = /(?:true|false)(?!\w)/y;
const BLANK = /[ \t]*/y;
const SPACE = /(?:[ \t\n]|#[^\n]*)*/y;
const LINE_END = /[ \t]*(?:#[^\u0000-\u0008\u000a-\u001f\u007f]*)?(?:\n|$)/y;
const ESCAPES = { b: "\b", t: "\t", n: "\n", f: "\f", r: "\r", '"': '"', "\\": "\\" };

function readToml(source) {
  const text = source.replaceAll("\r\n", "\n"), root = Object.create(null);
  /* Tables that a header named, that dots made, and that may not grow any more. */
  const named = new Set(), dotted = new Set(), closed = new Set();
  let at = 0, current = root;

  const wrong = () => new Wrong("not_toml", { line: BigInt(text.slice(0, at).split("\n").length) });
  const sign = (mark) => text.startsWith(mark, at) && (at += mark.length, true);

  function take(pattern) {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found) at = pattern.lastIndex;
    return found;
  }

  function expect(mark) {
    if (!sign(mark)) throw wrong();
  }

  function unescaped(raw) {
    return raw.replace(/\\(?:u([\dA-Fa-f]{4})|U([\dA-Fa-f]{8})|([^]))/g, (_, short, long, one) => {
      const code = Number.parseInt(short ?? long, 16);
      const found = one === undefined ? code < 0x110000 && String.fromCodePoint(code) : ESCAPES[one];
      if (typeof found !== "string" || !isUnicode(found)) throw wrong();
      return found;
    });
  }

  function shortText() {
    const basic = take(BASIC);
    if (basic) return unescaped(basic[1]);
    return take(LITERAL)?.[1];
  }

  function longText() {
    const basic = take(LONG_BASIC);
    if (basic) return unescaped(basic[1].replace(/\\[ \t]*\n[ \t\n]*/g, ""));
    return take(LONG_LITERAL)?.[1];
  }

  function key() {
    const parts = [];
    do {
      take(BLANK);
      const part = shortText() ?? take(BARE)?.[0];
      if (part === undefined) throw wrong();
      parts.push(part);
      take(BLANK);
    } while (sign("."));
    return parts;
  }

  /** The table to which dots lead from another, made where it is not there. */
  function inner(table, name, isHeader) {
    if (!(name in table)) {
      table[name] = Object.create(null);
      if (!isHeader) dotted.add(table[name]);
    }
    const found = isHeader && Array.isArray(table[name]) && !closed.has(table[name]) ? table[name].at(-1) : table[name];
    if (!isObject(found) || closed.has(found) || (!isHeader && named.has(found))) throw wrong();
    return found;
  }

  function assign(table) {
    const parts = key(), last = parts.pop();
    expect("=");
    take(BLANK);
    const target = parts.reduce((one, name) => inner(one, name, false), table);
    if (last in target) throw wrong();
    target[last] = value();
  }

  function value() {
    const found = longText() ?? shortText() ?? take(DATE_TIME)?.[0];
    if (found !== undefined) return found;
    const truth = take(TRUTH);
    if (truth) return truth[0] === "true";
    const number = take(DECIMAL) ?? take(WITH_BASE);
    if (number) return BigInt(number[0].replaceAll("_", "").replace("+", ""));
    if (sign("[")) return list();
    if (sign("{")) return inline();
    throw wrong();
  }

  function list() {
    const found = [];
    take(SPACE);
    while (!sign("]")) {
      found.push(value());
      take(SPACE);
      if (!sign(",") && text[at] !== "]") throw wrong();
      take(SPACE);
    }
    closed.add(found);
    return found;
  }

  function inline() {
    const found = Object.create(null);
    take(BLANK);
    if (!sign("}")) {
      do assign(found); while (take(BLANK) && sign(","));
      expect("}");
    }
    closed.add(found);
    return found;
  }

  function header() {
    const isList = sign("[["), parts = (isList || sign("["), key()), last = parts.pop();
    expect(isList ? "]]" : "]");
    const table = parts.reduce((one, name) => inner(one, name, true), root);
    if (isList) {
      table[last] ??= [];
      if (!Array.isArray(table[last]) || closed.has(table[last])) throw wrong();
      table[last].push(Object.create(null));
      return table[last].at(-1);
    }
    if (last in table && (!isObject(table[last]) || [named, dotted, closed].some((set) => set.has(table[last])))) throw wrong();
    table[last] ??= Object.create(null);
    named.add(table[last]);
    return table[last];
  }

  while (take(SPACE) && at < text.length) {
    if (text[at] === "[") current = header();
    else assign(current);
    if (!take(LINE_END)) throw wrong();
  }
  return root;
}
