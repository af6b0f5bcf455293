"use strict";
(() => {
const data = JSON.parse(document.getElementById("data").textContent);
const W = data.words;
const form = document.getElementById("filters"), results = document.getElementById("results");
const more = document.getElementById("more"), count = document.getElementById("found");
const FIELDS = ["q", "kind", "status"], AT_ONCE = 100;
for (const one of document.querySelectorAll(".needs-script")) one.hidden = false;
let entries = [], loaded = 0, most = AT_ONCE;

/* The parts of the index are scripts, which a page may load from a disk; each calls `found`. */
window.found = (number, part) => {
  entries = entries.concat(part.map(([kind, id, name, path, status]) => ({ kind, id, name, path, status, words: `${id} ${name}`.toLowerCase() })));
  loaded += 1;
  draw();
  load();
};
function load() {
  if (loaded >= data.parts.length) return;
  const script = document.createElement("script");
  script.src = data.parts[loaded];
  document.head.append(script);
}

function asked() {
  return Object.fromEntries(FIELDS.map((name) => [name, form.elements[name].value]));
}

function read() {
  const found = new URLSearchParams(location.hash.slice(1));
  for (const name of FIELDS) form.elements[name].value = found.get(name) ?? "";
  draw();
}

function write() {
  const found = new URLSearchParams();
  for (const [name, value] of Object.entries(asked())) if (value) found.set(name, value);
  history.replaceState(null, "", `#${found}`);
  most = AT_ONCE;
  draw();
}

function draw() {
  const { q, kind, status } = asked(), words = q.trim().toLowerCase().split(/\s+/);
  const found = entries.filter((one) => (!kind || one.kind === kind) && (!status || one.status === status) && words.every((word) => one.words.includes(word)));
  results.replaceChildren(...found.slice(0, most).map(line));
  more.hidden = found.length <= most;
  count.textContent = (loaded < data.parts.length ? W.loading : W.found).replace("{n}", found.length).replace("{total}", entries.length);
}

function line({ kind, id, name, path, status }) {
  const link = document.createElement("a"), item = document.createElement("li");
  link.href = path;
  link.textContent = id;
  item.append(`${W[kind]} `, link, name ? ` ${name}` : "", status ? `, ${data.statuses[status]}` : "");
  return item;
}

form.addEventListener("input", write);
form.addEventListener("submit", (happened) => happened.preventDefault());
more.addEventListener("click", () => { most += AT_ONCE; draw(); });
addEventListener("hashchange", read);
addEventListener("keydown", (pressed) => {
  if (pressed.key === "/" && !pressed.target.matches?.("input, select")) { pressed.preventDefault(); form.elements.q.focus(); }
});
read();
load();
})();
