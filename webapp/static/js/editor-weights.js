// The sum of the weights at once, while a weight is typed; the server's own figure follows with its check.

const LENGTH = 12;

function read(text) {
  const value = Number(text.trim().replace(",", "."));
  return text.trim() && Number.isFinite(value) ? value : 0;
}

function sum() {
  const place = document.querySelector("[data-sum]");
  if (!place) return;
  let total = 0;
  for (const row of document.querySelectorAll('.aspect[data-depth="0"]')) {
    const field = row.querySelector("[data-weight]");
    if (field) total += read(field.value);
  }
  const shown = Number(total.toPrecision(LENGTH));
  place.querySelector("[data-sum-figure]").textContent = shown.toLocaleString(document.documentElement.lang);
  if (place.dataset.goal) place.classList.toggle("off", shown !== Number(place.dataset.goal));
}

document.addEventListener("input", (event) => {
  if (event.target.matches("[data-weight]")) sum();
});
