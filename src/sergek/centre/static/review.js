// The review desk by keyboard alone. The next case is fetched while this one is looked at, so that
// going on takes one swap. Letters are taken by their place on the keyboard, whatever its language.
const desk = document.getElementById("desk");
const reviewing = desk.dataset.reviewing === "yes";
const LEASE_MS = 45_000;
let next = null;
let began = 0;
let last = "";

const here = () => desk.querySelector("article.desk");
const id = () => here().dataset.case;
const one = (selector) => desk.querySelector(selector);
const query = desk.dataset.query;

async function send(path, values = {}) {
  const body = new URLSearchParams(values);
  const headers = { "X-CSRF-Token": desk.dataset.csrf, "HX-Request": "true" };
  let answer;
  try {
    answer = await fetch(path, { method: "POST", headers, body });
  } catch {
    throw new Error(desk.dataset.lost);
  }
  if (!answer.ok) {
    const made = document.createElement("template");
    made.innerHTML = await answer.text();
    throw new Error(made.content.textContent.trim());
  }
  if (answer.status === 204) location.href = "/sign-in";
  return answer;
}

function refuse(error) {
  const line = one("#said-no");
  line.textContent = error.message;
  line.hidden = false;
}

// --- the next case -------------------------------------------------------------------------
function warm(content) {
  for (const image of content.querySelectorAll("img")) new Image().src = image.getAttribute("src");
  const clip = content.querySelector("video");
  if (clip) fetch(clip.getAttribute("src")).then((answer) => answer.arrayBuffer()).catch(() => 0);
}

function prefetch() {
  const glue = query ? "&" : "?";
  next = send(`/cases/prefetch${query}${glue}after=${id()}`)
    .then((answer) => answer.json())
    .then((found) => {
      if (!found.case_id) return null;
      const made = document.createElement("template");
      made.innerHTML = found.html;
      warm(made.content);
      return { id: found.case_id, content: made.content };
    })
    .catch(() => null);
}

async function go() {
  const found = await next;
  if (!found) {
    location.href = `/cases/next${query}${query ? "&" : "?"}after=${id()}`;
    return;
  }
  desk.replaceChildren(found.content);
  one("video")?.load(); // what was parsed outside the page has not been fetched
  history.pushState({}, "", `/cases/${found.id}${query}`);
  document.getElementById("case-number").textContent = here().dataset.number;
  document.title = document.title.replace(/^\S+ \S+/, (text) => text.replace(/\S+$/, here().dataset.number));
  begin();
  requestAnimationFrame(() => requestAnimationFrame(() => { window.sergekSwapMs = performance.now() - began; }));
  send(`/cases/${found.id}/opened`).then((answer) => answer.json()).then(held).catch(refuse);
  prefetch();
}

function held(answer) {
  const line = one("#held");
  line.hidden = !answer.held_by;
  if (answer.held_by) line.textContent = line.dataset.text.replace("#", answer.held_by);
}

// --- the case ------------------------------------------------------------------------------
function show(role) {
  for (const view of desk.querySelectorAll("[data-view]")) {
    view.hidden = view.dataset.view !== role;
    if (view.tagName === "VIDEO") view.hidden ? view.pause() : view.play().catch(() => 0);
  }
  for (const tab of desk.querySelectorAll("[data-show]")) tab.setAttribute("aria-selected", String(tab.dataset.show === role));
}

function grid() {
  const on = desk.classList.toggle("with-grid");
  one("[data-do=grid]")?.setAttribute("aria-pressed", String(on));
  const view = one("[data-view]:not([hidden])");
  if (on && !view?.querySelector?.("svg.grid")) {
    const first = [...desk.querySelectorAll("figure[data-view]")].find((each) => each.querySelector("svg.grid"));
    if (first) show(first.dataset.view);
  }
}

function begin() {
  one("[data-do=grid]")?.setAttribute("aria-pressed", String(desk.classList.contains("with-grid")));
  const line = one("#last-done");
  if (line && last) line.textContent = line.dataset.text.replace("#", last);
  one("input[name=typed]")?.focus();
  for (const dialog of desk.querySelectorAll("dialog.reasons")) {
    dialog.addEventListener("close", () => dialog.classList.remove("asks"));
  }
}

async function decide(decision, reason = "", text = "") {
  began = performance.now();
  const now = here().dataset;
  try {
    await send(`/cases/${now.case}/decide`, { decision, reason, text, seen: now.version });
  } catch (error) {
    refuse(error);
    return;
  }
  last = now.number;
  lastId = now.case;
  await go();
}
let lastId = "";

function ask(decision) {
  one(`dialog[data-reasons="${decision}"]`)?.showModal();
}

function choose(dialog, button) {
  if (button.dataset.words) {
    dialog.classList.add("asks");
    dialog.dataset.chosen = button.dataset.reason;
    dialog.querySelector("input[name=words]").focus();
    return;
  }
  dialog.close();
  decide(dialog.dataset.reasons, button.dataset.reason);
}

const acts = {
  approve: () => decide("approve"),
  reject: () => ask("reject"),
  return: () => ask("return"),
  next: () => { began = performance.now(); go(); },
  grid,
};

desk.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.dataset.show) show(button.dataset.show);
  if (button.dataset.do) acts[button.dataset.do]();
  if (button.dataset.reason) choose(button.closest("dialog"), button);
});

desk.addEventListener("submit", async (event) => {
  const form = event.target;
  if (form.matches("[data-type-plate]")) {
    event.preventDefault();
    const typed = form.elements.typed.value;
    try {
      const answer = await send(`/cases/${id()}/plate`, { typed });
      one("#reading").innerHTML = await answer.text();
      desk.focus();
    } catch (error) {
      refuse(error);
    }
  }
  if (form.matches("[data-search]")) {
    event.preventDefault();
    try {
      const answer = await send(`/cases/${id()}/search`, Object.fromEntries(new FormData(form)));
      one("[data-found]").innerHTML = await answer.text();
      document.activeElement?.blur();
    } catch (error) {
      refuse(error);
    }
  }
});

// Somebody who types a plate past its field must not decide by it: a letter in a run of keys is none.
const RUN_MS = 400;
let lastKey = 0;
const inRun = (event) => {
  const run = event.timeStamp - lastKey < RUN_MS;
  lastKey = event.timeStamp;
  return run;
};

// Keys of letters and digits by place: an officer's keyboard may be Kazakh or Russian.
const keyOf = (event) => /^(Key|Digit)(.)$/.exec(event.code)?.[2].toLowerCase() ?? event.key;
const commands = {
  a: () => reviewing && !one("[data-do=approve]").disabled && acts.approve(),
  r: () => reviewing && acts.reject(),
  b: () => reviewing && acts.return(),
  n: () => reviewing && acts.next(),
  m: grid,
  s: () => { const found = one("details.search"); if (found) { found.open = true; found.querySelector("[name=purpose]").focus(); } },
  u: () => { if (lastId) location.href = `/cases/${lastId}${query}`; },
};

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey) return;
  const dialog = one("dialog.reasons[open]");
  const field = event.target.closest?.("input, select, textarea");
  const key = keyOf(event);
  if (dialog) {
    if (field && event.key === "Enter" && field.value.trim()) {
      event.preventDefault();
      dialog.close();
      decide(dialog.dataset.reasons, dialog.dataset.chosen, field.value);
    } else if (!field) {
      const button = [...dialog.querySelectorAll("button[data-reason]")].find((each) => each.querySelector("kbd").textContent === key);
      if (button) { event.preventDefault(); choose(dialog, button); }
    }
    return;
  }
  if (field) {
    if (field.name === "typed" || field.name === "plate") upper(event, field);
    if (event.key === "Escape") field.blur();
    return;
  }
  if (/^(Key|Digit)/.test(event.code) && inRun(event)) return;
  const clip = one("video");
  const tab = desk.querySelectorAll("[data-show]")[Number(key) - 1];
  if (tab) show(tab.dataset.show);
  else if (key === " " && clip) clip.paused ? clip.play().catch(() => 0) : clip.pause();
  else if ((key === "ArrowLeft" || key === "ArrowRight") && clip) {
    clip.pause();
    clip.currentTime = Math.max(0, clip.currentTime + (key === "ArrowLeft" ? -0.04 : 0.04));
  } else if (key === "Enter" && one("input[name=typed]")) one("input[name=typed]").focus();
  else if (commands[key]) commands[key]();
  else return;
  event.preventDefault();
});

function upper(event, field) {
  const letter = /^Key([A-Z])$/.exec(event.code)?.[1];
  if (!letter) return;
  event.preventDefault();
  field.setRangeText(letter, field.selectionStart, field.selectionEnd, "end");
}

window.addEventListener("popstate", () => location.reload());
setInterval(() => {
  if (reviewing && document.visibilityState === "visible") send(`/cases/${id()}/lease`).then((answer) => answer.json()).then(held).catch(() => 0);
}, LEASE_MS);
desk.tabIndex = -1;
begin();
if (reviewing) prefetch();
