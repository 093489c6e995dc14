// Rows that change places: by the buttons up and down, or dragged by the grip with mouse, pen or finger.
// list: data-reorder; row: data-row and data-title; buttons: data-move; grip: data-grip; an input with data-order
// in the row gets the row's number. The list tells of each move with the event juri:reordered {row, position}.

const rowsOf = (list) => [...list.querySelectorAll(":scope > [data-row]")];

function renumber(list) {
  const rows = rowsOf(list);
  rows.forEach((row, index) => {
    const order = row.querySelector("[data-order]");
    if (order) order.value = index + 1;
    const [up, down] = ["up", "down"].map((way) => row.querySelector(`[data-move="${way}"]`));
    if (up) up.disabled = index === 0;
    if (down) down.disabled = index === rows.length - 1;
  });
}

function announce(list, row) {
  const rows = rowsOf(list);
  const position = rows.indexOf(row) + 1;
  const statuses = [...document.querySelectorAll("[data-reorder-status]")];
  const status = statuses.find((each) => each.checkVisibility()); // one in a closed part says nothing
  if (status) {
    status.textContent = status.dataset.moved
      .replace("{title}", row.dataset.title || "")
      .replace("{position}", position)
      .replace("{total}", rows.length);
  }
  list.dispatchEvent(new CustomEvent("juri:reordered", { bubbles: true, detail: { row, position } }));
}

function settle(list, row) {
  renumber(list);
  announce(list, row);
}

function step(list, button) {
  const row = button.closest("[data-row]");
  const rows = rowsOf(list);
  const target = rows[rows.indexOf(row) + (button.dataset.move === "up" ? -1 : 1)];
  if (!target) return;
  if (button.dataset.move === "up") target.before(row);
  else target.after(row);
  settle(list, row);
  const stay = button.disabled ? row.querySelector("[data-move]:not(:disabled)") : button;
  if (stay) stay.focus();
}

const precedes = (one, other) => Boolean(one.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING);

// The others step aside: a row that is taken out of the page, if only to stand elsewhere, would let go of the pointer.
function giveWay(row, other, isAbove) {
  if (isAbove) while (precedes(other, row)) row.after(row.previousElementSibling);
  else while (precedes(row, other)) row.before(row.nextElementSibling);
}

function drag(list, grip, start) {
  const row = grip.closest("[data-row]");
  const before = rowsOf(list).indexOf(row);
  row.setAttribute("data-dragging", "");
  grip.setPointerCapture(start.pointerId);
  const move = (event) => {
    for (const other of rowsOf(list)) {
      if (other === row) continue;
      const box = other.getBoundingClientRect();
      if (event.clientY < box.top || event.clientY > box.bottom) continue;
      giveWay(row, other, event.clientY < box.top + box.height / 2);
      break;
    }
  };
  const end = () => {
    grip.removeEventListener("pointermove", move);
    row.removeAttribute("data-dragging");
    if (rowsOf(list).indexOf(row) !== before) settle(list, row);
  };
  grip.addEventListener("pointermove", move);
  grip.addEventListener("lostpointercapture", end, { once: true });
}

// A list may stand inside a row of another: a button or grip belongs to the innermost.
const isOf = (list, tool) => tool.closest("[data-row]")?.parentElement === list;

const followed = new WeakSet();

function follow(list) {
  if (followed.has(list)) return;
  followed.add(list);
  list.addEventListener("click", (event) => {
    const button = event.target.closest("[data-move]");
    if (!button || !isOf(list, button)) return;
    event.preventDefault();
    step(list, button);
  });
  list.addEventListener("pointerdown", (event) => {
    const grip = event.target.closest("[data-grip]");
    if (!grip || event.button > 0 || !isOf(list, grip)) return;
    event.preventDefault();
    drag(list, grip, event);
  });
  renumber(list);
}

document.querySelectorAll("[data-reorder]").forEach(follow);
document.addEventListener("htmx:load", (event) => {
  if (event.target.querySelectorAll) event.target.querySelectorAll("[data-reorder]").forEach(follow);
});
