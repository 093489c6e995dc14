// The scoring page: reads and fills the form, shows what the saving says, the choice between two versions, the keys.

// Its address carries the hash of its content, so that it can be kept for ever: only the page knows it.
const { Saver, differing, findDraft, isNotStored } = await import(document.querySelector("[data-saving]").dataset.saving);

const form = document.getElementById("sheet");
const words = document.querySelector("[data-words]").dataset;
const notices = document.querySelector("[data-notices]");
const cards = new Map(
  [...form.querySelectorAll("fieldset.criterion")].map((card) => [card.id.slice("criterion-c_".length), card]),
);

// The answers on the page

const named = (name, part) => form.elements[`c_${name}-${part}`];

function readAnswer(name) {
  const value = named(name, "value");
  const answer = { value: value?.value ?? "", comment: named(name, "comment").value };
  if (named(name, "na")?.checked) answer.value = "na";
  if (named(name, "reason")) answer.reason = named(name, "reason").value;
  return answer;
}

function readAll() {
  return Object.fromEntries([...cards.keys()].map((name) => [name, readAnswer(name)]));
}

const shown = (value) => (form.dataset.comma && /^-?\d+\.\d+$/.test(value) ? value.replace(".", ",") : value);

function fillAnswer(name, answer = {}) {
  const { value = "", comment = "", reason = "" } = answer;
  const field = named(name, "value");
  const na = named(name, "na");
  if (na) na.checked = value === "na";
  if (field instanceof RadioNodeList) for (const each of field) each.checked = each.value === value;
  else if (field) field.value = na && value === "na" ? "" : shown(value);
  named(name, "comment").value = comment;
  if (comment) named(name, "comment").closest("details")?.setAttribute("open", "");
  if (named(name, "reason")) named(name, "reason").value = reason;
}

function wordsOf(name, answer = {}) {
  const radio = cards.get(name).querySelector(`input[type="radio"][value="${CSS.escape(answer.value || "-")}"]`);
  const label = radio && cards.get(name).querySelector(`label[for="${radio.id}"]`);
  const value = answer.value === "na" ? words.na : label ? label.innerText.replace(/\s+/g, " ") : shown(answer.value || "");
  const none = named(name, "value") ? words.none : "";
  return [value || none, answer.reason, answer.comment].filter(Boolean).join("\n");
}

const titleOf = (name) => cards.get(name)?.querySelector(".criterion-title").textContent || name;

function fragment(id) {
  return document.getElementById(id).content.firstElementChild.cloneNode(true);
}

// What the saving says

function showProblems(problems) {
  const list = form.querySelector("[data-problems]");
  list.replaceChildren(...problems.map(problemLine));
  for (const [name, card] of cards) showFault(name, card, problems.find((each) => each.field === name && isNotStored(each)));
}

function problemLine({ field, message }) {
  const line = document.createElement("li");
  if (!cards.has(field)) {
    line.textContent = message;
    return line;
  }
  const link = document.createElement("a");
  link.href = `#criterion-c_${field}`;
  link.textContent = `${titleOf(field)}: ${message}`;
  line.append(link);
  return line;
}

// What is missing is one press away: the first field of the criterion, or its comment where the score is there.
form.parentElement.addEventListener("click", (event) => {
  const name = event.target.closest("a")?.hash.match(/^#criterion-c_(.+)$/)?.[1];
  if (!cards.has(name)) return;
  event.preventDefault();
  const comment = named(name, "comment");
  const isCommentMissing = readAnswer(name).value && !comment.value;
  if (isCommentMissing) comment.closest("details")?.setAttribute("open", "");
  (isCommentMissing ? comment : firstControl(cards.get(name))).focus();
});

function showFault(name, card, problem) {
  const id = `c_${name}-fault`;
  let line = document.getElementById(id);
  const control = card.querySelector('input[type="text"]');
  card.classList.toggle("missing", Boolean(problem));
  if (!problem) {
    line?.remove();
    control?.removeAttribute("aria-invalid");
    return;
  }
  if (!line) {
    line = document.createElement("p");
    line.className = "error";
    line.id = id;
    line.setAttribute("role", "alert");
    card.append(line);
  }
  line.textContent = problem.message;
  control?.setAttribute("aria-invalid", "true");
}

function showReply(reply) {
  notices.querySelector("[data-sign-in]")?.closest(".notice").remove();
  const put = (name, text) => {
    for (const place of form.querySelectorAll(`[data-${name}]`)) if (place.textContent !== String(text)) place.textContent = text;
  };
  put("total", reply.total);
  put("verdict", reply.verdict);
  put("answered", reply.answered);
  put("asked", reply.asked);
  form.querySelector("[data-complete]").hidden = !reply.exact;
  form.elements.version.value = reply.version;
  showProblems(reply.problems);
}

function showState({ state, at = "", pending }) {
  if (saver?.sent && state === "idle" && pending) {
    const strip = document.querySelector("[data-save]");
    strip.className = "save offline";
    strip.querySelector("[data-save-text]").textContent = words.unsent.replace("{n}", pending);
    return;
  }
  document.dispatchEvent(new CustomEvent("juri:save", { detail: { state, at, pending } }));
}

function showNotice(id) {
  const notice = fragment(id);
  notices.replaceChildren(notice);
  notice.scrollIntoView({ block: "nearest" });
  return notice;
}

// What the server does not have, and will not take: it stands here to be read and copied.
function showUnsaved(reason, answers, base) {
  const notice = showNotice("notice-closed");
  notice.querySelector("[data-reason]").textContent = reason;
  const unsaved = differing(answers, base).filter((name) => cards.has(name));
  const lines = unsaved.map((name) => {
    const line = document.createElement("li");
    line.textContent = `${titleOf(name)}: ${wordsOf(name, answers[name])}`;
    return line;
  });
  notice.querySelector("[data-unsaved]").replaceChildren(...lines);
}

function showClosed({ reasons }) {
  showUnsaved(reasons.join(" "), readAll(), saver.base);
  for (const control of form.querySelectorAll("input, textarea, select, button")) {
    if (control.type === "text" || control.tagName === "TEXTAREA") control.readOnly = true;
    else if (control.type !== "hidden") control.disabled = true;
  }
}

// Whoever opens the page of a closed stage finds what was typed on this device and came too late.
function showLeftover() {
  const draft = findDraft(form.dataset.user, form.dataset.sheet);
  const stored = JSON.parse(form.dataset.stored);
  if (draft && differing(draft.answers, stored).length) showUnsaved(words.late, draft.answers, stored);
}

const WARNED_BEFORE = [600, 120];

// Nobody is surprised by the end: ten and two minutes before, by the server's clock, the page says so.
function warnOfEnd(left) {
  if (!left) return;
  const warn = (seconds) => {
    showNotice("notice-soon").querySelector("[data-soon]").textContent = words.soon.replace("{n}", Math.ceil(seconds / 60));
  };
  for (const lead of WARNED_BEFORE) if (left > lead) setTimeout(() => warn(lead), (left - lead) * 1000);
  if (left <= WARNED_BEFORE[0]) warn(left);
}

function showSignedOut() {
  showNotice("notice-out").querySelector("[data-sign-in]").href = form.dataset.signIn;
}

function showIncomplete(problems) {
  document.getElementById("summary-js")?.remove();
  const summary = fragment("summary-template");
  summary.id = "summary-js";
  summary.querySelector("ul").replaceChildren(...problems.map(problemLine));
  form.before(summary);
  showProblems(problems);
  for (const { field } of problems) cards.get(field)?.classList.add("missing");
  summary.focus();
}

// Two devices

let stored = null;

function askWhich({ theirs, version }) {
  stored = { theirs, version };
  document.querySelector("dialog.versions")?.remove();
  const dialog = fragment("conflict-dialog");
  const mine = readAll();
  const unlike = differing(mine, theirs).filter((name) => cards.has(name));
  const mineOnly = new Set(differing(mine, saver.base));
  dialog.querySelector("[data-differences]").append(
    ...unlike.map((name) => difference(name, mine[name], theirs[name], mineOnly.has(name))),
  );
  dialog.querySelector("[data-later]").addEventListener("click", () => dialog.close());
  dialog.querySelector("form").addEventListener("submit", () => keepChoice(dialog, unlike));
  document.body.append(dialog);
  dialog.showModal();
}

function difference(name, mine, theirs, isMine) {
  const box = fragment("difference");
  box.dataset.name = name;
  box.querySelector("legend").textContent = titleOf(name);
  box.querySelector("[data-mine]").textContent = wordsOf(name, mine);
  box.querySelector("[data-theirs]").textContent = wordsOf(name, theirs);
  for (const radio of box.querySelectorAll("input")) {
    radio.name = `pick-${name}`;
    radio.id = `pick-${name}-${radio.value}`;
    radio.nextElementSibling.htmlFor = radio.id;
    radio.checked = (radio.value === "mine") === isMine;
  }
  return box;
}

function keepChoice(dialog, unlike) {
  for (const name of unlike) {
    if (dialog.querySelector(`input[name="pick-${name}"]:checked`).value === "theirs") fillAnswer(name, stored.theirs[name]);
  }
  const chosen = stored;
  stored = null;
  saver.goOn(chosen).then(() => dialog.remove());
}

document.querySelector("[data-save]")?.addEventListener("click", () => stored && askWhich(stored));

// Saving

let saver = null;

function start() {
  const { user, sheet, version, url, card } = form.dataset;
  const base = JSON.parse(form.dataset.stored);
  saver = new Saver({
    url,
    user,
    sheet,
    base,
    token: form.elements.csrf_token.value,
    version: Number(version),
    sent: card === "submitted",
    read: readAll,
    hear: {
      state: showState,
      reply: showReply,
      conflict: askWhich,
      closed: showClosed,
      refused: showIncomplete,
      signedOut: showSignedOut,
      gone: () => showClosed({ reasons: [words.gone] }),
      notSent: () => showNotice("notice-offline"),
      alreadySent: () => showNotice("notice-sent"),
    },
  });
  form.addEventListener("input", () => saver.typed());
  form.addEventListener("change", (event) => settle(event.target));
  form.addEventListener("submit", send);
  if (form.hasAttribute("data-typed")) saver.typed();
  else saver.takeUp((answers) => Object.entries(answers).forEach(([name, each]) => cards.has(name) && fillAnswer(name, each)));
}

// A tick for "not applicable" and a number exclude each other.
function settle(control) {
  const [, name, part] = /^c_(.+)-(\w+)$/.exec(control.name) || [];
  if (part === "na" && control.checked) named(name, "value").value = "";
  if (part === "value" && control.value && named(name, "na")) named(name, "na").checked = false;
  saver.typed();
}

async function send(event) {
  event.preventDefault();
  const button = event.submitter;
  if (button?.value === "save") {
    await saver.flush();
    return;
  }
  button?.setAttribute("aria-disabled", "true");
  const taken = await saver.finish();
  button?.removeAttribute("aria-disabled");
  if (taken) location.assign(form.dataset.onward);
}

// Signing out wipes what is kept here, so it is brought to the server first; what cannot be is asked about.
document.addEventListener(
  "submit",
  async (event) => {
    if (!saver?.pending || !new URL(event.target.action, location.href).pathname.endsWith("/sign-out")) return;
    event.preventDefault();
    await saver.flush();
    if (saver.pending && !confirm(words.unsaved.replace("{n}", saver.pending))) return;
    saver.base = readAll();
    event.target.requestSubmit();
  },
  { capture: true },
);

// Keys

const switchBox = document.querySelector("[data-single-keys]");

// How a juror likes to work is remembered on this device: whether single keys do something, whether all texts are shown.
for (const box of document.querySelectorAll("[data-remember]")) {
  const name = `juri:${box.dataset.remember}`;
  try {
    box.checked = (localStorage.getItem(name) || (box.checked ? "on" : "off")) === "on";
  } catch {
    // a browser that keeps nothing: it holds for this page
  }
  box.addEventListener("change", () => {
    try {
      localStorage.setItem(name, box.checked ? "on" : "off");
    } catch {
      // the same
    }
  });
}

function go(where) {
  const link = form.querySelector(`[data-go="${where}"]`);
  if (link) link.click();
  return Boolean(link);
}

function firstControl(card) {
  return card.querySelector('input[type="radio"]:checked, .levels input, input[type="text"]') || card.querySelector("textarea");
}

function moveCard(card, step) {
  const all = [...cards.values()];
  const target = all[all.indexOf(card) + step];
  if (!target) return false;
  firstControl(target)?.focus();
  return true;
}

function chooseLevel(card, digit) {
  const levels = [...card.querySelectorAll('.level:not(.na) input[type="radio"]')];
  const areNumbers = levels.some((each) => /^\d$/.test(each.value));
  const level = areNumbers ? levels.find((each) => each.value === digit) : levels[Number(digit) - 1];
  if (!level || level.disabled) return false;
  level.focus();
  level.click();
  return true;
}

function press(event) {
  const target = event.target;
  const card = target.closest?.("fieldset.criterion");
  const writing = target.matches?.('textarea, input[type="text"], select');
  if (event.altKey && !event.ctrlKey && !event.metaKey) {
    return { ArrowRight: () => go("next"), ArrowLeft: () => go("previous") }[event.key]?.();
  }
  if (event.key === "Enter" && event.ctrlKey) return saver && (saver.flush(), true);
  if (event.ctrlKey || event.metaKey || event.altKey || !switchBox.checked || document.querySelector("dialog[open]")) return false;
  if (card && (event.key === "ArrowDown" || event.key === "ArrowUp") && !target.matches("textarea, select")) {
    return moveCard(card, event.key === "ArrowDown" ? 1 : -1);
  }
  if (writing) return false;
  if (card && /^[0-9]$/.test(event.key)) return chooseLevel(card, event.key);
  if (event.key === "?") return document.getElementById("keys").showModal(), true;
  return { n: () => go("next"), p: () => go("previous") }[event.key.toLowerCase()]?.();
}

document.addEventListener("keydown", (event) => {
  if (press(event)) event.preventDefault();
});

// Enter in a score's field goes on to the next criterion; it sends no half-filled form.
form.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.target.matches('input[type="text"], input[type="radio"], input[type="checkbox"]')) return;
  event.preventDefault();
  const card = event.target.closest("fieldset.criterion");
  if (card && !event.ctrlKey) moveCard(card, 1);
});

// A browser brings the caret into view; the whole field shall be, clear of the bar at the foot.
form.addEventListener("focusin", ({ target }) => {
  if (target.closest("fieldset.criterion") && target.matches(":focus-visible")) {
    (target.matches(".level input") ? target.nextElementSibling : target).scrollIntoView({ block: "nearest" });
  }
});

if (form.hasAttribute("data-writable")) {
  start();
  warnOfEnd(Number(form.dataset.left));
} else {
  showLeftover();
}
