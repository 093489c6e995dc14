// The sums of the weights at once, while a weight is typed or a row is moved; the server's figures follow with its check.
// Each list of rows has its sum in the head before it: data-sum, with data-goal where the weights must come to that.

const DIGITS = 12;

function read(text) {
  const value = Number(text.trim().replace(",", "."));
  return Number.isFinite(value) ? value : 0;
}

// A row in which nothing was typed counts nothing; a weight that is left out is 1, as the engine has it.
function weightOf(row) {
  const line = row.querySelector(":scope > .aspect-line");
  const field = line && line.querySelector("[data-weight]");
  const none = row.querySelector(":scope > details [data-informs]");
  if (!field || (none && none.checked)) return 0;
  if (field.value.trim()) return read(field.value);
  return line.querySelector(".aspect-name input").value.trim() ? 1 : 0;
}

function show(place, list) {
  const rows = [...list.querySelectorAll(":scope > [data-row]")];
  const total = Number(rows.reduce((sum, row) => sum + weightOf(row), 0).toPrecision(DIGITS));
  place.querySelector("[data-sum-figure]").textContent = total.toLocaleString(document.documentElement.lang);
  if (!place.dataset.goal) return;
  const off = total !== Number(place.dataset.goal);
  place.classList.toggle("off", off);
  place.querySelector("[data-sum-off]").hidden = !off;
}

function showAll() {
  for (const place of document.querySelectorAll("[data-sum]")) {
    const list = place.closest(".criteria, .below").querySelector("ol[data-reorder]");
    if (list) show(place, list);
  }
}

// A weight that counts nothing cannot be typed over, but is sent: a disabled field would lose it when the page is saved.
function follow(event) {
  if (event.target.matches("[data-informs]")) {
    const field = event.target.closest("[data-row]").querySelector("[data-weight]");
    if (field) field.readOnly = event.target.checked;
  }
  if (event.target.matches("[data-weight], [data-informs], .aspect-name input")) showAll();
}

for (const name of ["input", "change"]) document.addEventListener(name, follow);

function settle() {
  for (const none of document.querySelectorAll("[data-informs]:checked")) {
    const field = none.closest("[data-row]").querySelector("[data-weight]");
    if (field) field.readOnly = true;
  }
}

settle();
document.addEventListener("htmx:load", settle);
