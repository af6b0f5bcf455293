"use strict";
(() => {
const byId = (id) => document.getElementById(id);
const all = (query, root = document) => [...root.querySelectorAll(query)];

/* A text that is packed. */
async function unpacked(text) {
  const packed = Uint8Array.from(atob(text), (each) => each.charCodeAt(0));
  return new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"))).text();
}

/* The parts that only earlier steps show, each run of them at the place that was kept for it. */
function place(earlier) {
  all("template").forEach((kept, number) => {
    kept.innerHTML = earlier[number];
    for (const part of kept.content.children) part.dataset.added = "";
    kept.replaceWith(kept.content);
  });
}

/* The dossier in the page, and its checker, which the policy of the page knows by its hash. The pages of a site have
   the checker in a file that they share. */
async function packedChecker() {
  const { textContent, dataset: { file } } = byId("checker");
  if (!file) return textContent;
  await new Promise((onload, onerror) => {
    document.body.appendChild(Object.assign(document.createElement("script"), { src: file, onload, onerror }));
  });
  return globalThis.slaledgerChecker;
}
async function checker() {
  if (!globalThis.slaledgerVerifier) {
    const script = document.createElement("script");
    script.textContent = await unpacked(await packedChecker());
    document.body.appendChild(script);
  }
  return globalThis.slaledgerVerifier;
}

/* Its bytes: each longer string stands there once, and `<` and `~` are escaped. */
function dossier() {
  const strings = [];
  const text = byId("dossier").textContent.replace(/"[^"~<\n]{6,}"|~(?:([~l])|(\d+)\.)/gu, (found, sign, number) => {
    if (sign) return sign === "l" ? "<" : sign;
    if (number) return strings[Number(number)] ?? found;
    strings.push(found);
    return found;
  });
  return new TextEncoder().encode(text);
}

if (byId("dossier")) {
  for (const one of all("#check .needs-script")) one.hidden = false;
  const onClick = (id, act) => byId(id).addEventListener("click", () => act().catch(() => { byId("no-checker").hidden = false; }));
  onClick("check-case", async () => (await checker()).run(byId("checked"), dossier()));
  onClick("save-dossier", async () => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([dossier()]));
    link.download = byId("save-dossier").dataset.name;
    link.click();
  });
}

/* The steps, and the picture. */
function start(data) {
const KINDS = data.kinds, G = data.geometry, LANE = G.label + G.bar + G.gap;
const SECOND = 1000, MINUTE = 60 * SECOND, HOUR = 60 * MINUTE, DAY = 24 * HOUR;

for (const one of all(".needs-script")) one.hidden = false;

/* What is seen at a step: "0-3 7". */
const ranges = (text) => text.split(" ").map((part) => part.split("-").map(Number)).map(([a, b]) => [a, b ?? a]);
const holds = (seen, step) => seen.some(([first, last]) => first <= step && step <= last);

/* The slider. */
const slider = byId("step"), number = byId("number");
const variants = all("[data-seen]").map((node) => [node, ranges(node.dataset.seen)]);
const deeds = all("[data-step]").map((node) => [node, Number(node.dataset.step)]);
const lists = all("[data-none]").map((node) => [node, all("tr[data-seen], details", previousTable(node))]);
const last = data.positions.length - 1;
let step = last, followed = false;

function previousTable(node) {
  return node.dataset.none === "decisions" ? byId("derivation") : node.previousElementSibling ?? node;
}

function show(next) {
  step = Math.max(0, Math.min(last, next));
  slider.value = step;
  number.textContent = step + 1;
  for (const [node, seen] of variants) node.hidden = !holds(seen, step);
  for (const [node, at] of deeds) {
    node.classList.toggle("later", at > step);
    node.classList.toggle("now", at === step && node.tagName === "TR");
  }
  showDecisions();
  byId("scale-at").setAttribute("transform", `translate(${data.scale[step]})`);
  for (const [node, rows] of lists) node.hidden = rows.some((row) => !row.hidden && !row.classList.contains("unmade"));
  const moment = document.querySelector(".moment:not([hidden])");
  slider.setAttribute("aria-valuetext", moment ? moment.textContent.replace(/\s+/g, " ").trim() : "");
  draw();
}

/* The decision that stood at a step is open, those made later say so. */
function showDecisions() {
  const made = data.decided[step];
  for (const one of all("details.decision")) {
    const own = Number(one.dataset.decision);
    one.classList.toggle("unmade", own > made);
    one.querySelector("summary .later").hidden = own <= made;
    if (followed) one.open = own === made;
  }
}

function button(kind, text, act) {
  const made = document.createElement("button");
  Object.assign(made, { type: "button", className: kind, textContent: text });
  made.addEventListener("click", act);
  return made;
}

function go(next) { followed = true; show(next); }
slider.addEventListener("input", () => go(Number(slider.value)));
byId("back").addEventListener("click", () => go(step - 1));
byId("on").addEventListener("click", () => go(step + 1));
for (const row of all(".events tr[data-step]")) {
  const to = button("to", row.cells[0].textContent, () => go(Number(row.dataset.step)));
  row.cells[0].replaceChildren(to);
}

/* The picture. */
const chart = byId("chart"), svg = chart.querySelector("svg"), NS = "http://www.w3.org/2000/svg";
const marks = data.marks.map(([lane, kind, from, to, row, rows, note, sum, title, seen]) =>
  ({ lane, kind: KINDS[kind], from, to, row, rows, note, sum, title, seen: ranges(seen) }));
const ORDER = ["uncovered", "down", "excluded", "condition", "short", "counted"];
const condition = data.lanes.length - 2;
const CLOSEST = 2 * SECOND;
let from = 0, to = data.length, width = 1000, printing = false;
chart.classList.add("live");
chart.tabIndex = 0;
byId("still").remove();
const stage = svg.appendChild(document.createElementNS(NS, "g"));

function add(name, attributes, text) {
  const node = document.createElementNS(NS, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  if (text !== undefined) node.textContent = text;
  stage.appendChild(node);
  return node;
}

const x = (at) => (at - from) / (to - from) * width;
const top = (lane) => G.axis + LANE * lane + G.label;
const wide = (text) => [...text].reduce((sum, c) => sum + (c.charCodeAt(0) > 0x2e7f ? 11.5 : 6.2), 0);

/* The clock of the month's zone. */
function clock(at) {
  let ahead = 0;
  for (const [since, seconds] of data.offsets) if (at >= since) ahead = seconds;
  return new Date(data.start + at + ahead * SECOND);
}
const two = (n) => String(n).padStart(2, "0");
const date = (d) => `${d.getUTCFullYear()}-${two(d.getUTCMonth() + 1)}-${two(d.getUTCDate())}`;
const time = (d, seconds) => `${two(d.getUTCHours())}:${two(d.getUTCMinutes())}${seconds ? ":" + two(d.getUTCSeconds()) : ""}`;
const full = (at) => `${date(clock(at))} ${time(clock(at), true)}`;

const STEPS = [SECOND, 5 * SECOND, 10 * SECOND, 30 * SECOND, MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 30 * MINUTE,
  HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 2 * DAY, 5 * DAY, 10 * DAY];

function axis() {
  const each = STEPS.find((one) => (to - from) / one * (one < DAY ? 62 : 30) <= width) ?? 10 * DAY;
  for (let at = Math.ceil(from / each) * each; at < to; at += each) {
    const d = clock(at), begins = d.getUTCHours() + d.getUTCMinutes() + d.getUTCSeconds() === 0;
    const text = each >= DAY ? String(d.getUTCDate()) : begins ? `${d.getUTCMonth() + 1}-${two(d.getUTCDate())}` : time(d, each < MINUTE);
    add("path", { class: "tick", d: `M${x(at)} ${G.axis - 6}V${G.height - 16}` });
    if (x(at) + wide(text) + 4 < width) add("text", { x: x(at) + 3, y: 12, class: begins && each < DAY ? "strong" : "axis" }, text);
  }
}

function grounds() {
  data.lanes.forEach((_, lane) => {
    add("rect", { class: "ground", x: 0, y: top(lane), width, height: G.bar });
  });
}

function room(mark) {
  if (mark.kind === "uncovered") return { y: G.axis, height: LANE * data.lanes.length };
  const height = Math.floor(G.bar / mark.rows);
  return { y: top(mark.lane) + height * mark.row, height };
}

function bars(shown) {
  for (const mark of shown) {
    const left = Math.max(-10, x(mark.from)), right = Math.min(width + 10, x(mark.to));
    const least = mark.kind === "short" ? 7 : 2;
    const wideEnough = Math.max(least, right - left);
    const bar = add("rect", { class: mark.kind, x: left, width: wideEnough, ...room(mark) });
    bar.appendChild(document.createElementNS(NS, "title")).textContent = mark.title;
    mark.left = left;
    mark.right = left + wideEnough;
  }
}

/* Notes within bars that are wide enough, else beside them where nothing else stands. */
function notes(shown) {
  const reached = {};
  for (const mark of shown.filter((one) => one.note).sort((a, b) => a.from - b.from)) {
    const inside = mark.right - Math.max(0, mark.left) > wide(mark.note) + 8;
    const text = inside ? mark.note : mark.sum;
    if (!text) continue;
    const length = wide(text) + 6;
    const start = inside ? Math.max(mark.left, 0) + 4 : mark.right + 4 + length < width ? mark.right + 4 : mark.left - length;
    const taken = !inside && shown.some((one) => one !== mark && one.lane === mark.lane && one.left < start + length && one.right > start);
    if (taken || start < (reached[mark.lane] ?? -1)) continue;
    add("text", { x: start, y: top(mark.lane) + 14, class: inside ? "within" : "strong" }, text);
    reached[mark.lane] = start + length;
  }
}

/* The minimum, as a bracket over each condition's beginning, once it is wide enough to be seen. */
function minimum(shown) {
  const length = x(data.minimum) - x(0);
  if (length < 12) return;
  for (const mark of shown.filter((one) => one.lane === condition)) {
    const left = x(mark.from), y = top(condition);
    add("path", { class: "minimum", d: `M${left} ${y + 4}V${y - 3}H${left + length}V${y + G.bar}` });
    add("text", { class: "strong", x: left + length + 4, y: y - 3 }, data.minimumText);
  }
}

function overview(shown) {
  if (to - from >= data.length) return;
  const y = G.height - 10, at = (t) => t / data.length * width;
  add("path", { class: "edge", d: `M0 ${y + 4}H${width}` });
  for (const mark of shown.filter((one) => one.lane === condition))
    add("rect", { class: "condition", x: at(mark.from), y, width: Math.max(2, at(mark.to) - at(mark.from)), height: 8 });
  add("rect", { class: "lens", x: at(from), y: y - 2, width: Math.max(4, at(to) - at(from)), height: 12 });
}

function draw() {
  width = printing ? 690 : Math.max(280, chart.clientWidth);
  svg.setAttribute("viewBox", `0 0 ${width} ${G.height}`);
  stage.replaceChildren();
  const known = marks.filter((mark) => holds(mark.seen, step));
  const shown = known.filter((mark) => mark.to >= from && mark.from <= to);
  shown.sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));
  grounds();
  axis();
  bars(shown);
  data.lanes.forEach((label, lane) => add("text", { class: "lane", x: 3, y: top(lane) - 4 }, label));
  notes(shown);
  minimum(shown);
  overview(known);
  byId("span").textContent = `${full(from)} – ${full(to)}`;
}

/* Zooming and moving. */
function look(first, end) {
  const span = Math.max(CLOSEST, Math.min(data.length, end - first));
  from = Math.max(0, Math.min(data.length - span, first));
  to = from + span;
  draw();
}
function zoom(factor, around = (from + to) / 2) {
  look(around - (around - from) * factor, around + (to - around) * factor);
}
const move = (part) => look(from + (to - from) * part, to + (to - from) * part);
const KEYS = { "+": () => zoom(0.5), "=": () => zoom(0.5), "-": () => zoom(2), "0": () => look(0, data.length),
  ArrowLeft: () => move(-0.2), ArrowRight: () => move(0.2) };
chart.addEventListener("keydown", (event) => {
  const act = !event.ctrlKey && !event.metaKey && !event.altKey && KEYS[event.key];
  if (act) { event.preventDefault(); act(); }
});
byId("zoom-in").addEventListener("click", () => zoom(0.5));
byId("zoom-out").addEventListener("click", () => zoom(2));
byId("zoom-all").addEventListener("click", () => look(0, data.length));
all("#t-episodes tr").forEach((row, number) => {
  const cell = row.insertCell(), [first, end, label] = data.episodes[number - 1] ?? [];
  cell.dataset.added = "";
  cell.className = "needs-script";
  if (number === 0) return;
  const around = Math.max((end - first) * 0.25, data.minimum);
  const show = button("show", data.show, () => {
    look(first - around, end + around);
    chart.scrollIntoView({ block: "nearest" });
    chart.focus({ preventScroll: true });
  });
  show.setAttribute("aria-label", label);
  cell.append(show);
});

const under = (event) => from + (event.clientX - chart.getBoundingClientRect().left) / chart.clientWidth * (to - from);
chart.addEventListener("wheel", (event) => {
  if (!event.ctrlKey && document.activeElement !== chart) return;
  event.preventDefault();
  if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) move(event.deltaX / chart.clientWidth);
  else zoom(Math.exp(event.deltaY / 300), under(event));
}, { passive: false });

const touches = new Map();
chart.addEventListener("pointerdown", (event) => {
  touches.set(event.pointerId, under(event));
  if (event.pointerType === "mouse" || touches.size > 1) chart.setPointerCapture(event.pointerId);
});
chart.addEventListener("pointermove", (event) => {
  if (!touches.has(event.pointerId)) return;
  if (touches.size === 1) {
    const off = touches.get(event.pointerId) - under(event);
    if (to - from < data.length) look(from + off, to + off);
    return;
  }
  const [held] = [...touches].filter(([id]) => id !== event.pointerId).map(([, at]) => at);
  const before = touches.get(event.pointerId) - held, now = under(event) - held;
  if (Math.abs(now) > (to - from) / 50) zoom(Math.min(2, Math.max(0.5, Math.abs(before / now))), held);
});
for (const name of ["pointerup", "pointercancel"]) chart.addEventListener(name, (event) => touches.delete(event.pointerId));

/* Paper. */
addEventListener("beforeprint", () => {
  printing = true;
  for (const one of all("details.decision:not(.unmade)")) { one.dataset.was = one.open; one.open = true; }
  draw();
});
addEventListener("afterprint", () => {
  printing = false;
  for (const one of all("details[data-was]")) { one.open = one.dataset.was === "true"; delete one.dataset.was; }
  draw();
});
new ResizeObserver(() => { if (!printing) draw(); }).observe(chart);
show(last);
}

unpacked(byId("data").textContent).then(JSON.parse).then(
  ({ earlier, data }) => { place(earlier); start(data); },
  () => { byId("no-earlier").hidden = false; });
})();
