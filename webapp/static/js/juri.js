// What every page may use: the menu that closes, dialogs, the focus on an error summary, the save strip,
// the divider between two panes. Nothing here is needed to get work done: without this file links open pages and forms are sent.

const root = document.documentElement;
root.classList.add("js");

function closeMenus(except) {
  for (const menu of document.querySelectorAll("details[data-drop][open]")) {
    if (!menu.contains(except)) menu.open = false;
  }
}

// A link with data-dialog="id" shows that dialog instead of opening the page that does the same.
function openDialog(opener) {
  const dialog = document.getElementById(opener.dataset.dialog);
  if (!dialog || typeof dialog.showModal !== "function") return false;
  dialog.showModal();
  return true;
}

document.addEventListener("click", (event) => {
  closeMenus(event.target);
  const opener = event.target.closest("[data-dialog]");
  if (opener && openDialog(opener)) event.preventDefault();
  const closer = event.target.closest("[data-close]");
  const dialog = closer && closer.closest("dialog");
  if (dialog) {
    event.preventDefault();
    dialog.close();
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.querySelector("details[data-drop][open]");
  if (menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

export function focusSummary(within = document) {
  const summary = within.querySelector("[data-focus]");
  if (summary) summary.focus();
}

// detail: {state: "saving" | "saved" | "offline" | "kept" | "conflict" | "error" | "idle", at, pending}
export function showSaved({ state, at = "", pending = 0 }) {
  for (const strip of document.querySelectorAll("[data-save]")) {
    const text = (strip.dataset[state] || "").replace("{at}", at).replace("{n}", pending);
    strip.className = `save ${state}`;
    const place = strip.querySelector("[data-save-text]");
    if (place.textContent !== text) place.textContent = text;
  }
}

// The machine may be shared: whoever signs out leaves no drafts behind on it.
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented || !isSignOut(event.target)) return;
  document.dispatchEvent(new CustomEvent("juri:sign-out"));
  try {
    for (const name of Object.keys(localStorage)) if (name.startsWith("juri:draft:")) localStorage.removeItem(name);
  } catch {
    // a browser that keeps nothing has nothing to forget
  }
});

function isSignOut(form) {
  return new URL(form.action, location.href).pathname.endsWith("/sign-out");
}

// The end of the session, said in time. The server's clock counts; what a request of any page moved, a cookie tells.

const SOON = 300;
const LOOK_EVERY = 10_000;

function watchSession(bar) {
  const [form, again, text] = ["form", "a", "[data-session-text]"].map((each) => bar.querySelector(each));
  const ahead = Number(bar.dataset.until) - Number(bar.dataset.left) - Date.now() / 1000;
  let until = Number(bar.dataset.until);
  let from = null;
  let over = false;
  let said = null;

  // What is said again is announced again, so it is said at three steps only: some minutes before, two, and the last.
  const say = (step, words) => {
    bar.hidden = !words;
    if (step !== said) text.textContent = words;
    said = step;
  };
  const soon = (left) => {
    if (left <= 60) say("last", bar.dataset.last);
    else say(left <= 120 ? "two" : "soon", bar.dataset.soon.replace("{n}", Math.ceil(left / 60)));
  };
  const look = () => {
    const told = document.cookie.match(/(?:^|; )juri_until=(\d+)/);
    until = Math.max(until, told ? Number(told[1]) : 0);
    const left = until - Date.now() / 1000 - ahead;
    over = over || left <= 0;
    form.hidden = over;
    again.hidden = !over;
    if (over) say("over", bar.dataset.over);
    else if (left > SOON) say("", "");
    else soon(left);
  };
  const stay = async () => {
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form) }).catch(() => null);
    if (!answer) return say("unreached", bar.dataset.unreached);
    over = !answer.ok || answer.redirected;
    if (over) return look();
    const told = await answer.json();
    until = told.until;
    look();
    document.querySelector("[data-session-said]").textContent = told.said;
    if (from) from.focus();
  };

  bar.addEventListener("focusin", (event) => {
    if (!bar.contains(event.relatedTarget)) from = event.relatedTarget;
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    stay();
  });
  document.addEventListener("visibilitychange", look);
  setInterval(look, LOOK_EVERY);
  look();
}

document.querySelectorAll("[data-session]").forEach(watchSession);

// The divider between two panes: dragged, or moved with the arrow keys; its place is remembered on this device.

const LEAST = 25;
const MOST = 75;

function place(split, divider, share) {
  const kept = Math.min(MOST, Math.max(LEAST, share));
  split.style.setProperty("--split", `${kept}%`);
  divider.setAttribute("aria-valuenow", String(Math.round(kept)));
  return kept;
}

function remember(key, share) {
  try {
    localStorage.setItem(`split:${key}`, share);
  } catch {
    // a browser that keeps nothing still shows both panes
  }
}

function remembered(key) {
  try {
    return Number(localStorage.getItem(`split:${key}`));
  } catch {
    return 0;
  }
}

const STEPS = { ArrowLeft: -2, ArrowRight: 2, PageUp: -10, PageDown: 10, Home: -100, End: 100 };

function follow(split) {
  const divider = split.querySelector('[role="separator"]');
  const key = split.dataset.split;
  let share = remembered(key) || 50;
  const move = (to) => {
    share = place(split, divider, to);
  };
  move(share);
  divider.addEventListener("keydown", (event) => {
    if (!(event.key in STEPS)) return;
    event.preventDefault();
    move(share + STEPS[event.key]);
    remember(key, share);
  });
  divider.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    divider.focus();
    divider.setPointerCapture(event.pointerId);
  });
  divider.addEventListener("pointermove", (event) => {
    if (!divider.hasPointerCapture(event.pointerId)) return;
    const box = split.getBoundingClientRect();
    move(((event.clientX - box.left) / box.width) * 100);
  });
  divider.addEventListener("lostpointercapture", () => remember(key, share));
}

document.querySelectorAll("[data-split]").forEach(follow);

// Where a row of tabs is wider than the screen, the one that is open stands in its middle.
for (const tab of document.querySelectorAll(":is(.menu, .tabs) [aria-current]")) {
  const row = tab.closest("ul");
  row.scrollLeft = tab.offsetLeft - (row.clientWidth - tab.offsetWidth) / 2;
}

document.addEventListener("juri:save", (event) => showSaved(event.detail));
document.addEventListener("htmx:afterSwap", (event) => focusSummary(event.detail.elt));
focusSummary();
