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
