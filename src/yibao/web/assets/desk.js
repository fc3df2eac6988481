// Keys for those who work here all day; every one of them has a link or a button that does the same.
const OFF = "yibao-keys-off";
const HELP = "/workbench/keys";

function on() {
  try { return localStorage.getItem(OFF) !== "1"; } catch { return true; }
}

function rows() {
  return [...document.querySelectorAll("tr[data-row]")];
}

function move(step) {
  const all = rows();
  if (!all.length) return;
  const at = all.findIndex((row) => row.contains(document.activeElement));
  const next = at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + step, 0), all.length - 1);
  all[next].querySelector("a").focus();
}

function go(selector) {
  const link = document.querySelector(selector);
  if (link) location.assign(link.href);
}

function focus(selector) {
  const part = document.querySelector(selector);
  if (!part) return;
  const fold = part.closest("details");
  if (fold) fold.open = true;
  part.focus();
  part.scrollIntoView({ block: "nearest" });
}

const KEYS = {
  j: () => move(1),
  k: () => move(-1),
  n: () => document.querySelector(".app-next-case button")?.click(),
  u: () => go(".govuk-back-link"),
  q: () => location.assign("/workbench/"),
  "/": () => focus("#q"),
  d: () => focus("#step button, #step a, #step summary"),
  p: () => focus("#papers ~ article a"),
  "?": () => location.assign(HELP),
};

function typing(target) {
  return target.closest?.("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  if (typing(event.target) || !on()) return;
  const act = KEYS[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});

// Whoever speaks to the machine, or presses keys by accident, switches them off.
const choice = document.querySelector("#keys-on");
if (choice) {
  choice.closest("[hidden]")?.removeAttribute("hidden");
  choice.checked = on();
  choice.addEventListener("change", () => {
    try { choice.checked ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, "1"); } catch { /* kept by nobody */ }
  });
}
