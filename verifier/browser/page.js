/* What a reader sees: the page to which dossiers are given, and the results of a check, here and in the page of a case. */

const byId = (id) => document.getElementById(id);
const LANGUAGES = ["en", "zh"];
let language = Math.max(0, LANGUAGES.indexOf(document.documentElement.lang.slice(0, 2)));

/** A value as a reader sees it: a text as it is, anything else as JSON, cut where it is long. */
function brief(value) {
  const text = typeof value === "string" ? value : value === undefined ? "—" : written(value);
  return text.length > 100 ? `${text.slice(0, 99)}…` : text;
}

/** A sentence of `words.js` in the reader's language. */
function sentence(code, named = {}) {
  const forms = /\{(\w+)(?:\|([^|}]*)\|([^}]*))?\}/g;
  return (WORDS[code] ?? [code, code])[language].replace(forms, (_, name, one, many) => {
    const value = brief(named[name]);
    return one === undefined ? value : `${value} ${value === "1" ? one : many}`;
  });
}

/** An element with a class and what is in it. */
function element(tag, name, ...inside) {
  const made = document.createElement(tag);
  if (name) made.className = name;
  made.append(...inside.filter(Boolean));
  return made;
}

/** What a check's line names, in words. */
function inWords({ name, named }) {
  if (name === "witnesses") {
    const at = (time) => new Date(Number(time) * 1000).toISOString().replace(".000Z", "Z");
    return { ...named, signed: named.signed.map(({ name: who, time }) => `${who} ${at(time)}`).join(", ") || "—" };
  }
  return name === "decision" ? { ...named, summary: summaryOf(named.decision) } : named;
}

/** How a decision ends: `awarded, availability 99.7983%, 104.00 CNY`. */
function summaryOf({ outcome, availability, credit, currency = "CNY" }) {
  const money = (fen) => `${fen / 100n}.${String(fen % 100n).padStart(2, "0")} ${currency}`;
  const cut = (millionths) => `${String(millionths).padStart(5, "0").replace(/(\d{4})$/, ".$1")}%`;
  return sentence("summary", {
    outcome: sentence(`outcome_${outcome}`),
    percent: availability ? cut((availability.numerator * 1_000_000n) / availability.denominator) : "—",
    amount: credit ? money(credit.total_fen) : sentence("nothing"),
  });
}

/** Of a check the word that says how it went, its name, and its sentence or what is wrong. */
function lineOf(one) {
  const state = one.findings.length ? "wrong" : one.unchecked ? "open" : "right";
  const { keys = 0n, lines = 0n } = one.named, name = keys > 0n ? "signed" : lines > 0n ? "unasked" : one.name;
  const title = sentence(`name_${one.name}`, one.named);
  const code = { right: `check_${name}`, open: one.unchecked }[state];
  const text = code ? sentence(code, inWords(one)) : null;
  return element("li", state,
    element("span", "mark", sentence(state)),
    element("div", "", element("b", "", title), language ? "" : " ", text, ...one.findings.map(findingOf)));
}

/** What is wrong, behind the event of which it is; that is said once where several things are. */
function findingOf({ code, named, event }, number, all) {
  if (!event || event.position === all[number - 1]?.event?.position) return element("p", "finding", sentence(code, named));
  const place = sentence("at", event), isShown = byId(`e${event.position}`) !== null;
  const link = element(isShown ? "a" : "b", "", place);
  if (isShown) link.href = `#e${event.position}`;
  return element("p", "finding", link, language ? "：" : ": ", sentence(code, named));
}

/** Shows how a check went. */
function show(target, { verdict, checks, dossier, isDemo }, milliseconds) {
  const wrong = checks.filter(({ findings }) => findings.length).length;
  const lines = [];
  if (dossier) {
    const { account, month, events, left_out: left = [] } = dossier;
    const decisions = checks.filter(({ name }) => name === "decision").length;
    lines.push(sentence("about", { account, month, decisions: BigInt(decisions), events: BigInt(events.length) }));
    if (left.length) lines.push(sentence("is_left_out", { count: BigInt(left.length) }));
    if (isDemo) lines.push(sentence("is_demo"));
  }
  const head = sentence(verdict, { count: BigInt(wrong) });
  target.className = `checked ${verdict}`;
  target.replaceChildren(
    element("p", "head", head),
    ...lines.map((line) => element("p", "", line)),
    element("ul", "checks", ...checks.map(lineOf)),
    element("p", "note", sentence("trust"), " ", sentence("took", { ms: BigInt(Math.ceil(milliseconds)) })));
}

/** The page of a case shows what it showed when it was made, as far as it has fingerprints; null in another page. */
function checkShown(dossier) {
  if (byId("shown") === null) return null;
  const fingerprints = JSON.parse(byId("shown").textContent), found = [];
  const rows = [...document.querySelectorAll("tr[id^=e]")].map(({ id }) => id).filter((id) => /^e\d+$/.test(id));
  for (const id of new Set([...rows, ...Object.keys(fingerprints)])) {
    const part = byId(id)?.cloneNode(true);
    for (const moving of part?.querySelectorAll("#checked, output, svg, [data-added]") ?? []) moving.remove();
    const text = (part?.textContent ?? "").replace(/[ \t\n\r]+/g, "");
    if (btoa(String.fromCharCode(...sha256(utf8(text)).slice(0, 12))) === fingerprints[id]) continue;
    const event = dossier.events.find(({ position }) => `e${position}` === id);
    const name = part?.getAttribute("aria-label") ?? part?.querySelector("h2")?.textContent ?? sentence(`part_${id}`);
    found.push(event ? of(event, new Wrong("event_shown_otherwise")) : new Wrong("shown_otherwise", { part: name }));
  }
  return checked("page", found);
}

/** Checks the bytes of a dossier, and shows how it went. */
async function run(target, bytes, given) {
  target.hidden = false;
  target.className = "checked";
  target.replaceChildren(element("p", "head", sentence("checking")));
  await new Promise((painted) => setTimeout(painted));
  const began = performance.now(), result = await check(bytes, given);
  const page = result.dossier ? checkShown(result.dossier) : null;
  const whole = page ? concluded({ ...result, checks: [...result.checks, page] }) : result;
  show(target, whole, performance.now() - began);
  return whole;
}

/* The page for any dossier. */

const chosen = { bytes: null, name: "" };

function speak() {
  document.documentElement.lang = ["en", "zh-CN"][language];
  document.title = sentence("title");
  for (const one of document.querySelectorAll("[data-says]")) one.textContent = sentence(one.dataset.says);
  for (const one of document.querySelectorAll("[data-language]")) {
    one.setAttribute("aria-pressed", String(one.dataset.language === LANGUAGES[language]));
  }
}

function complain(target, error) {
  target.className = "checked differs";
  target.hidden = false;
  target.replaceChildren(element("p", "head", sentence(error.code ?? "no_file", error.named ?? { error: error.message })));
}

async function checkGivenFile() {
  if (chosen.bytes === null) return;
  byId("name").textContent = chosen.name;
  try {
    await run(byId("checked"), chosen.bytes, { ...readGiven(byId("keys").value), kept: byId("kept").value || null });
  } catch (error) {
    complain(byId("checked"), error);
  }
}

async function take(file) {
  try {
    Object.assign(chosen, { bytes: new Uint8Array(await file.arrayBuffer()), name: file.name });
    await checkGivenFile();
  } catch (error) {
    complain(byId("checked"), error);
  }
}

function start() {
  language = navigator.language.startsWith("zh") ? 1 : 0;
  speak();
  const drop = byId("drop"), file = byId("file");
  file.addEventListener("change", () => file.files.length && take(file.files[0]));
  for (const name of ["dragenter", "dragover", "dragleave", "drop"]) {
    document.addEventListener(name, (event) => {
      event.preventDefault();
      drop.classList.toggle("over", name === "dragenter" || name === "dragover");
      if (name === "drop" && event.dataTransfer.files.length) take(event.dataTransfer.files[0]);
    });
  }
  byId("again").addEventListener("click", checkGivenFile);
  for (const one of document.querySelectorAll("[data-language]")) {
    one.addEventListener("click", () => {
      language = LANGUAGES.indexOf(one.dataset.language);
      speak();
      checkGivenFile();
    });
  }
}

/* For the page of a case, which has its own button, and for scripts. */
globalThis.slaledgerVerifier = { check, readGiven, run };
if (byId("drop")) start();
