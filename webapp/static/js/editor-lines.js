// The text of a document: line numbers that follow what is typed, and faults that lead to their line.

function follow(box) {
  const area = box.querySelector("textarea");
  const gutter = box.querySelector(".gutter");
  const renumber = () => {
    const wanted = Math.min(area.value.split("\n").length, 5000);
    while (gutter.children.length > wanted) gutter.lastElementChild.remove();
    while (gutter.children.length < wanted) {
      const line = document.createElement("li");
      const number = gutter.children.length + 1;
      line.id = `L${number}`;
      line.textContent = number;
      gutter.append(line);
    }
    area.rows = Math.min(Math.max(wanted + 2, 24), 400);
  };
  area.addEventListener("input", renumber);
  return area;
}

function goTo(area, line, column) {
  const before = area.value.split("\n").slice(0, line - 1);
  const start = before.reduce((sum, text) => sum + text.length + 1, 0) + Math.max(column - 1, 0);
  const end = area.value.indexOf("\n", start);
  area.focus();
  area.setSelectionRange(start, end < 0 ? area.value.length : end);
  const row = document.getElementById(`L${line}`);
  if (row) row.scrollIntoView({ block: "center" });
}

function markFaults(gutter) {
  for (const line of gutter.querySelectorAll(".at-fault")) line.classList.remove("at-fault");
  for (const fault of document.querySelectorAll("#check [data-line]")) {
    const line = document.getElementById(`L${fault.dataset.line}`);
    if (line) line.classList.add("at-fault");
  }
}

for (const box of document.querySelectorAll("[data-lines]")) {
  const area = follow(box);
  const gutter = box.querySelector(".gutter");
  markFaults(gutter);
  document.addEventListener("htmx:afterSwap", () => markFaults(gutter));
  document.addEventListener("click", (event) => {
    const fault = event.target.closest("[data-line]");
    if (!fault) return;
    event.preventDefault();
    goTo(area, Number(fault.dataset.line), Number(fault.dataset.column));
  });
}
