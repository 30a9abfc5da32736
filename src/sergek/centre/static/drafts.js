// A form whose words survive a lost connection or session: they are kept in this tab until the
// centre has taken them, and nothing leaves the page before that.
const FIELDS = "textarea, input:not([type=hidden]):not([type=file]):not([type=checkbox]):not([type=radio]), select";

function notice(form, sentence, link) {
  let shown = form.querySelector(".notice.kept");
  if (!shown) {
    shown = Object.assign(document.createElement("p"), { className: "notice warn kept" });
    shown.setAttribute("role", "alert");
    form.prepend(shown);
  }
  shown.textContent = sentence;
  if (link) shown.append(" ", Object.assign(document.createElement("a"), { href: link, textContent: "→" }));
}

// What the centre says of a refused form, out of the page that it answers with.
function sentenceOf(text) {
  const page = new DOMParser().parseFromString(text, "text/html");
  const said = page.querySelector("[role=alert]") ?? page.querySelector(".message p:not(.code)");
  return said?.textContent.trim() ?? "";
}

function keep(form) {
  const key = `draft:${form.dataset.draft}:${location.pathname}:${form.getAttribute("action") ?? ""}`;
  const fields = [...form.querySelectorAll(FIELDS)].filter((field) => field.name);
  const kept = JSON.parse(sessionStorage.getItem(key) ?? "{}");
  for (const field of fields) if (kept[field.name] && !field.value) field.value = kept[field.name];
  form.addEventListener("input", () => {
    sessionStorage.setItem(key, JSON.stringify(Object.fromEntries(fields.map((field) => [field.name, field.value]))));
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const buttons = [...form.querySelectorAll("button")];
    const body = new FormData(form, event.submitter);
    for (const button of buttons) button.disabled = true;
    try {
      const answer = await fetch(form.getAttribute("action") ?? location.href, { method: "POST", body, signal: AbortSignal.timeout(60_000) });
      const where = new URL(answer.url);
      if (where.pathname === "/sign-in") {
        notice(form, form.dataset.session, `/sign-in?next=${encodeURIComponent(location.pathname)}`);
      } else if (answer.ok) {
        sessionStorage.removeItem(key);
        location.assign(answer.url);
      } else notice(form, sentenceOf(await answer.text()) || `${answer.status}`);
    } catch {
      notice(form, form.dataset.offline);
    }
    for (const button of buttons) button.disabled = false;
  });
}
for (const form of document.querySelectorAll("form[data-draft]")) keep(form);
