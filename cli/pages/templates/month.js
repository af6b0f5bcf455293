"use strict";
(() => {
const data = JSON.parse(document.getElementById("data").textContent);
const W = data.words;
const byId = (id) => document.getElementById(id);
const form = byId("filters"), table = byId("t-accounts"), body = table.tBodies[0];
const details = new Map(Object.entries(data.details));
const columns = table.tHead.rows[0].cells.length;
const AT_ONCE = 200;
for (const one of document.querySelectorAll(".needs-script")) one.hidden = false;
for (const one of document.querySelectorAll(".no-script")) one.hidden = true;

/* The rows. A figure opens the steps that lead to it. */
const FIGURES = {
  availability: ["availability", "commitment"], unavailable: ["exclusion", "episode", "unavailable"], tier: ["tier"],
  credit: ["fees", "base", "credit", "cap", "minimum", "total"], claim: ["window", "coverage"],
};
const rows = data.rows.map(([account, name, availability, unavailable, tier, credit, claim, outcome, awarded, issued, seldom, rank, marks], order) =>
  ({ account, name, availability, unavailable, tier, credit, claim, outcome, awarded, issued, seldom, rank, marks, order,
    words: `${account} ${name}`.toLowerCase() }));
const tierWords = (row) => row.tier < 0 ? W.uncovered : data.tiers[row.tier];

/* What is asked stands in the address: #q=10&show=below&open=1001&figure=credit */
const FIELDS = ["q", "show", "claim", "tier", "sort"];
let asked = {}, opened = "", figure = "", event = "", most = AT_ONCE;

function read() {
  const hash = location.hash.slice(1);
  const found = new URLSearchParams(hash.startsWith("a-") ? { open: decodeURIComponent(hash.slice(2)) } : hash);
  for (const name of FIELDS) form.elements[name].value = asked[name] = found.get(name) ?? "";
  opened = found.get("open") ?? "";
  figure = found.get("figure") ?? "";
  event = found.get("event") ?? "";
  draw();
}

function write(add) {
  const found = new URLSearchParams();
  for (const name of FIELDS) if (asked[name]) found.set(name, asked[name]);
  if (opened) found.set("open", opened);
  if (opened && figure) found.set("figure", figure);
  if (opened && event) found.set("event", event);
  const hash = `#${found}`;
  if (hash !== location.hash && (location.hash || found.size)) history[add ? "pushState" : "replaceState"](null, "", hash);
  draw();
}

const SHOW = {
  "": () => true, below: (row) => row.tier > 0, claimed: (row) => row.claim !== "", open: (row) => row.marks.includes("open"),
  uncovered: (row) => row.tier < 0,
};
const CLAIM = { "": () => true, none: (row) => row.tier > 0 && ["", "withdrawn"].includes(row.claim) };
const ORDER = { "": (a, b) => a.order - b.order, availability: (a, b) => a.rank - b.rank,
  account: (a, b) => a.account < b.account ? -1 : 1 };

function chosen() {
  const q = asked.q.trim().toLowerCase();
  const show = SHOW[asked.show] ?? SHOW[""];
  const claim = CLAIM[asked.claim] ?? ((row) => row.claim === asked.claim || row.marks.includes(asked.claim));
  return rows.filter((row) => row.words.includes(q) && show(row) && claim(row) && (!asked.tier || row.tier === Number(asked.tier)))
    .sort(ORDER[asked.sort] ?? ORDER[""]);
}

/* Drawing. All text goes in as text. */
function make(name, attributes = {}, ...inside) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...inside);
  return node;
}
const plain = (text) => make("bdi", {}, text);

function opener(row, of, text) {
  const isOpen = opened === row.account && figure === of;
  const node = make("button", { type: "button", class: "figure", "aria-expanded": isOpen, "data-of": `${row.account} ${of}` }, text);
  node.addEventListener("click", () => { [opened, figure, event] = isOpen ? ["", "", ""] : [row.account, of, ""]; write(true); refocus(row.account, of); });
  return node;
}

function refocus(account, of) {
  const wanted = `${account} ${of}`;
  for (const one of body.querySelectorAll("button.figure")) if (one.dataset.of === wanted) one.focus();
}

function drawn(row) {
  const cell = (kind, ...inside) => make("td", kind ? { class: kind } : {}, ...inside);
  const account = opener(row, "", plain(row.account));
  return make("tr", { id: `a-${row.account}` },
    cell("", account, row.name ? " " : "", plain(row.name)),
    cell("r", opener(row, "availability", row.availability)), cell("r", opener(row, "unavailable", row.unavailable)),
    cell("", opener(row, "tier", tierWords(row))), cell("r", opener(row, "credit", row.credit)),
    cell("", opener(row, "claim", data.statuses[row.claim])), cell("", row.outcome),
    cell("r", opener(row, "awarded", row.awarded)), cell("r", opener(row, "issued", row.issued)),
    ...row.seldom.map((amount) => cell("r", amount)));
}

function detail(row) {
  const found = details.get(row.account);
  const inside = make("td", { colspan: columns });
  if (!found) inside.append(make("p", {}, row.tier || row.claim ? W.no_detail : W.nothing));
  else {
    inside.append(make("h3", {}, found[0] ? `${W.decision} ${found[0]}` : W.if_claimed), steps(found[1]));
    if (found[2].length) inside.append(make("h3", {}, W.life), acts(found[2]));
  }
  const more = make("code", {}, `slaledger dossier ${row.account} ${data.words.month} --html case.html`);
  inside.append(make("p", { class: "note" }, `${W.whole} `, more));
  return make("tr", { class: "detail" }, inside);
}

function steps(found) {
  const about = FIGURES[figure === "awarded" ? "credit" : figure] ?? [];
  const list = make("ol", { class: "steps" });
  for (const [number, clause, code, words, before, events] of found) {
    const item = make("li", about.includes(code) ? { class: "now", value: number } : { value: number },
      make("b", { class: "clause" }, clause), " ", plain(words));
    if (before.length) item.append(make("span", { class: "mute" }, ` ${W.steps} ${before.join(" ")}`));
    if (events.length) item.append(" ", links(events, `s${number}`));
    list.append(item);
  }
  return list;
}

function acts(found) {
  const list = make("ul", { class: "steps" }), about = ["claim", "issued"].includes(figure) ? { class: "now" } : {};
  for (const [at, words, position] of found)
    list.append(make("li", about, make("span", { class: "mute" }, at), " ", plain(words), " ", links([position], "acts")));
  return list;
}

/* An event opens below the step that names it; the address has both. */
function links(positions, place) {
  const span = make("span", { class: "links" }, `${W.events} `);
  for (const position of positions) {
    const key = `${place}:${position}`, isOpen = key === event;
    const node = make("button", { type: "button", class: "figure", "aria-expanded": isOpen, "data-event": key }, String(position));
    node.addEventListener("click", () => {
      event = isOpen ? "" : key;
      write(false);
      body.querySelector(`[data-event="${key}"]`)?.focus();
    });
    span.append(node, " ");
  }
  const own = positions.find((position) => `${place}:${position}` === event);
  if (own !== undefined) span.append(shownEvent(own));
  return span;
}

function shownEvent(position) {
  const [recorded, actor, what, topic, stream, fields, reason] = data.events[position];
  const box = make("dl", { class: "event" }, make("dt", {}, `${W.position} ${position}`), make("dd", {}, make("b", {}, what), " ", make("span", { class: "mute" }, `${topic} · `, plain(stream))));
  const pairs = [[W.recorded, `${recorded}, ${actor}`], ...fields, ...(reason ? [[W.because, reason]] : [])];
  for (const [name, value] of pairs) box.append(make("dt", {}, name), make("dd", {}, plain(value)));
  return box;
}

function draw() {
  const found = chosen();
  const at = found.findIndex((row) => row.account === opened);
  const upto = Math.max(most, at + 1);
  body.replaceChildren(...found.slice(0, upto).flatMap((row) => row.account === opened ? [drawn(row), detail(row)] : [drawn(row)]));
  byId("found").textContent = W.found.replace("{n}", found.length).replace("{total}", rows.length);
  byId("more").hidden = found.length <= upto;
  body.querySelector(".detail .now")?.scrollIntoView({ block: "nearest" });
}

form.addEventListener("input", () => {
  for (const name of FIELDS) asked[name] = form.elements[name].value;
  most = AT_ONCE;
  write(false);
});
form.addEventListener("submit", (happened) => happened.preventDefault());
form.addEventListener("reset", () => { asked = Object.fromEntries(FIELDS.map((name) => [name, ""])); opened = figure = event = ""; queueMicrotask(() => write(true)); });
byId("more").addEventListener("click", () => { most += AT_ONCE; draw(); });
for (const one of document.querySelectorAll("[data-claim]")) if (one.dataset.claim) {
  const link = make("a", { href: `#claim=${one.dataset.claim}` }, ...one.childNodes);
  one.append(link);
}

/* Keys: / to the search, Escape closes, the arrows go from account to account. */
addEventListener("keydown", (pressed) => {
  if (pressed.ctrlKey || pressed.metaKey || pressed.altKey) return;
  const typing = pressed.target.matches?.("input, select");
  if (pressed.key === "/" && !typing) { pressed.preventDefault(); form.elements.q.focus(); }
  if (pressed.key === "Escape" && opened) { const was = [opened, figure]; opened = figure = event = ""; write(true); refocus(...was); }
  if ((pressed.key === "ArrowDown" || pressed.key === "ArrowUp") && pressed.target.matches?.("button.figure[data-of]")) {
    const [account, of] = pressed.target.dataset.of.split(" ");
    const same = [...body.querySelectorAll("button.figure[data-of]")].filter((one) => one.dataset.of.split(" ")[1] === of);
    const next = same[same.findIndex((one) => one.dataset.of === `${account} ${of}`) + (pressed.key === "ArrowDown" ? 1 : -1)];
    if (next) { pressed.preventDefault(); next.focus(); }
  }
});
addEventListener("hashchange", () => { most = AT_ONCE; read(); });
read();
})();
