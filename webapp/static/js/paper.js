// Typing from paper: arrow keys and Enter move between the cells of the table, as in a spreadsheet.

const STEPS = { ArrowDown: [1, 0], ArrowUp: [-1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], Enter: [1, 0] };

function cells(row) {
  return [...row.querySelectorAll("[data-cell]")];
}

function leaves(cell, sideways) {
  if (cell.tagName === "SELECT") return sideways !== 0;
  if (!sideways) return true;
  const edge = sideways < 0 ? 0 : cell.value.length;
  return cell.selectionStart === cell.selectionEnd && cell.selectionStart === edge;
}

function move(event) {
  const step = STEPS[event.key];
  const cell = event.target.closest("[data-cell]");
  if (!step || !cell || event.altKey || event.ctrlKey || event.metaKey) return;
  if (event.key !== "Enter" && !leaves(cell, step[1])) return;
  event.preventDefault();
  const rows = [...event.currentTarget.querySelectorAll("tbody tr")].filter((row) => cells(row).length);
  const row = rows.indexOf(cell.closest("tr"));
  const column = cells(rows[row]).indexOf(cell);
  const next = cells(rows[row + step[0]] ?? rows[row])[column + step[1]];
  next?.focus();
  next?.select?.();
}

for (const table of document.querySelectorAll("[data-paper]")) table.addEventListener("keydown", move);
