// Keeps what a juror types: at once on this device, soon after on the server. Nothing typed is ever dropped in silence:
// it leaves the device only once the server has it.
//
// A draft is kept for (person, assignment, version). It survives a lost connection, a closed tab and a crashed browser;
// it goes when the server has it, at sign-out, and after 14 days. No rule of the rubric is known here: totals and
// problems come back from the server with every saving.

const PREFIX = "juri:draft:";
const KEPT_DAYS = 14;
const DAY = 86_400_000;
const WAIT = 1500;
const FIRST_RETRY = 2000;
const LONGEST_RETRY = 60_000;
const TIMEOUT = 20_000;

function storage() {
  try {
    return window.localStorage;
  } catch {
    return null; // a browser that keeps nothing; the server still saves
  }
}

function draftNames(start = PREFIX) {
  const store = storage();
  return store ? Object.keys(store).filter((name) => name.startsWith(start)) : [];
}

function readDraft(name) {
  try {
    return JSON.parse(storage().getItem(name));
  } catch {
    return null;
  }
}

export function findDraft(user, sheet) {
  const found = draftNames(`${PREFIX}${user}:${sheet}:`).map(readDraft).filter(Boolean);
  return found.sort((a, b) => b.at - a.at)[0] || null;
}

export function keepDraft(user, sheet, draft) {
  const name = `${PREFIX}${user}:${sheet}:${draft.version}`;
  for (const other of draftNames(`${PREFIX}${user}:${sheet}:`)) if (other !== name) storage().removeItem(other);
  try {
    storage().setItem(name, JSON.stringify({ ...draft, at: Date.now() }));
    return true;
  } catch {
    return false;
  }
}

export function dropDraft(user, sheet) {
  for (const name of draftNames(`${PREFIX}${user}:${sheet}:`)) storage().removeItem(name);
}

export function sweepDrafts() {
  for (const name of draftNames()) {
    const draft = readDraft(name);
    if (!draft || !(Date.now() - draft.at < KEPT_DAYS * DAY)) storage().removeItem(name);
  }
}

// "7,50", "7.5" and "7.500" are one number; everything else is the text without the blanks around it.
function plain(text) {
  const trimmed = (text || "").trim();
  return /^[+-]?\d{1,15}([.,]\d{1,9})?$/.test(trimmed) ? String(Number(trimmed.replace(",", "."))) : trimmed;
}

export function isSame(one = {}, other = {}) {
  return ["value", "comment", "reason"].every((part) => plain(one[part]) === plain(other[part]));
}

export function differing(one, other) {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...names].filter((name) => !isSame(one[name], other[name]));
}

function newKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

// What it is given: url, token, user, sheet, version, base (the answers that the server holds), read() (the answers on
// the page), hear: {state, reply, conflict, refused, closed, signedOut, gone}. `sent` switches saving by itself off: what
// was sent is changed only by sending again.
export class Saver {
  constructor(options) {
    Object.assign(this, options);
    this.handed = this.base; // what was handed to the server last, kept by it or not
    this.waiting = null; // a request whose answer has not come: it is repeated with the same key until it does
    this.stopped = false;
    this.timer = 0;
    this.retry = FIRST_RETRY;
    this.running = null;
    this.kept = false;
    this.gone = false; // signed out: what is on this device was wiped, and stays so
    this.isOut = false; // the session ended by itself: who signs in again, maybe in another tab, goes on here
    addEventListener("online", () => this.flush());
    addEventListener("focus", () => this.isOut && this.flush());
    addEventListener("pagehide", () => this.keep());
    document.addEventListener("juri:sign-out", () => {
      this.gone = true;
    });
    document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && this.flush());
  }

  get pending() {
    return differing(this.read(), this.base).length;
  }

  typed() {
    this.keep();
    if (this.stopped) return;
    if (this.sent) {
      this.tell("idle");
      return;
    }
    if (!navigator.onLine) this.tell("offline");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), WAIT);
  }

  // Another tab may hold a draft of the same sheet: only what this page kept does it drop.
  keep() {
    if (this.gone) return;
    if (this.pending || this.waiting) {
      const { version, base, waiting } = this;
      this.kept = keepDraft(this.user, this.sheet, { version, base, waiting, answers: this.read() }) || this.kept;
    } else if (this.kept) {
      dropDraft(this.user, this.sheet);
      this.kept = false;
    }
  }

  // Takes up what an earlier visit left on this device; `fill` shows it on the page.
  async takeUp(fill) {
    const draft = findDraft(this.user, this.sheet);
    if (!draft) return;
    this.kept = true;
    fill(draft.answers);
    const { version, base } = this;
    let known = draft.version;
    if (draft.waiting && !draft.waiting.finish) {
      const answer = await this.send(draft.waiting);
      if (answer?.status === 200) known = answer.body.version;
      if (known > version) this.accepted(draft.waiting, answer.body);
    }
    if (known >= version || !this.pending) {
      this.typed();
      return;
    }
    this.version = draft.version; // until the juror chose, the draft stays one of the version it was made on
    this.base = draft.base;
    this.stop("conflict");
    this.hear.conflict({ theirs: base, version });
  }

  tell(state, more = {}) {
    this.hear.state({ state, pending: this.pending, ...more });
  }

  flush() {
    clearTimeout(this.timer);
    if (this.isOut) this.stopped = this.isOut = false;
    if (this.stopped) return Promise.resolve();
    this.running ||= this.drain().finally(() => {
      this.running = null;
    });
    return this.running;
  }

  async drain() {
    while (!this.stopped) {
      if (!this.waiting || this.waiting.finish) {
        const answers = this.read();
        // a finished sheet that did not get through waits for the person to press again
        if (this.waiting && !differing(answers, this.waiting.answers).length) return;
        if (this.sent || !differing(answers, this.handed).length) return;
        this.waiting = { key: newKey(), version: this.version, finish: false, answers };
      }
      this.keep();
      this.tell("saving");
      if (!this.hearAnswer(this.waiting, await this.send(this.waiting))) return;
    }
  }

  // Sends the sheet as finished; tells whether the server took it.
  async finish() {
    await this.flush();
    if (this.stopped) return false;
    if (this.waiting && !this.waiting.finish) return this.offline(false);
    const answers = this.read();
    if (!this.waiting || differing(answers, this.waiting.answers).length) {
      this.waiting = { key: newKey(), version: this.version, finish: true, answers };
    }
    this.keep();
    this.tell("saving");
    const request = this.waiting;
    const answer = await this.send(request);
    return Boolean(this.hearAnswer(request, answer)) && answer.status === 200;
  }

  // A page that does not know its own session any more, or its entry, is refused in the same words. The page itself
  // tells which it is; and where the same person signed in again, how to go on.
  async send(request) {
    const answer = await this.post(request);
    if (answer?.status !== 400 && answer?.status !== 404) return answer;
    const found = await this.ask();
    if (found === null) return null;
    if (found.token && found.token !== this.token) {
      this.token = found.token;
      return this.post(request);
    }
    return { ...answer, isGone: found.isGone };
  }

  async ask() {
    try {
      const response = await fetch(new URL(".", new URL(this.url, location.href)), { redirect: "manual" });
      if (response.status >= 500) return null;
      if (response.status !== 200) return { isGone: response.status === 404 };
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const sheet = page.getElementById("sheet");
      return { token: sheet?.dataset.user === this.user ? sheet.elements.csrf_token.value : "" };
    } catch {
      return null;
    }
  }

  async post(request) {
    try {
      const response = await fetch(this.url, {
        method: "POST",
        headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": this.token },
        body: JSON.stringify(request),
        credentials: "same-origin",
        redirect: "error",
        keepalive: document.visibilityState === "hidden",
        signal: AbortSignal.timeout(TIMEOUT),
      });
      if (response.status >= 500 || response.status === 429) return null;
      return { status: response.status, body: await response.json() };
    } catch {
      return null;
    }
  }

  // Returns whether there may be more to send.
  hearAnswer(request, answer) {
    if (answer === null) return this.offline(request.finish);
    this.retry = FIRST_RETRY;
    this.waiting = null;
    if (answer.status === 200) return this.accepted(request, answer.body);
    const { code, problems, reasons, theirs, version } = (answer.body && answer.body.error) || {};
    if (answer.status === 409 && theirs !== undefined) {
      if (theirs && !differing(this.read(), theirs).length) return this.adopt({ theirs, version });
      this.stop("conflict");
      this.hear.conflict({ theirs: theirs || {}, version });
    } else if (answer.status === 422) {
      this.tell(this.pending ? "error" : "idle");
      this.hear.refused(problems || []);
    } else if (answer.isGone) {
      this.stop("kept");
      this.hear.gone();
    } else if (answer.status === 400 || answer.status === 404) {
      this.stop("kept");
      this.isOut = true;
      this.hear.signedOut();
    } else if (code === "already_sent") {
      this.sent = true;
      this.tell("idle");
      this.hear.alreadySent();
    } else {
      this.stop("kept");
      this.hear.closed({ reasons: reasons || [] });
    }
    this.keep();
    return false;
  }

  accepted(request, reply) {
    this.version = reply.version;
    this.handed = request.answers;
    this.base = { ...request.answers };
    const kept = new Set(reply.problems.filter(isNotStored).map((problem) => problem.field));
    for (const name of kept) this.base[name] = { ...request.answers[name], value: "" };
    this.sent = reply.state === "submitted";
    this.keep();
    this.tell("saved", { at: reply.saved_at });
    this.hear.reply(reply);
    return true;
  }

  offline(isFinish) {
    this.keep();
    this.tell("offline");
    if (isFinish) {
      this.hear.notSent();
      return false;
    }
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), this.retry * (0.75 + Math.random() / 2));
    this.retry = Math.min(this.retry * 2, LONGEST_RETRY);
    return false;
  }

  stop(state) {
    this.stopped = true;
    clearTimeout(this.timer);
    this.tell(state);
  }

  // After a conflict: goes on from what is stored, with what the juror chose on the page.
  goOn(stored) {
    this.adopt(stored);
    this.keep();
    this.tell("idle");
    return this.flush();
  }

  adopt({ theirs, version }) {
    this.version = version;
    this.base = this.handed = theirs;
    this.waiting = null;
    this.stopped = false;
    return true;
  }
}

const NOT_STORED = new Set(["unreadable", "off_scale", "na_not_allowed", "unknown_reason"]);

export function isNotStored(problem) {
  return NOT_STORED.has(problem.code);
}

sweepDrafts();
