// Writing an entry: words are counted while they are written, questions that are not asked are hidden, and a page with
// text that is not stored asks before it goes. Without this file everything is shown, and nothing else differs.

const form = document.querySelector("[data-writing]");

// As the server counts them: what stands between white space and has a letter or a digit.
function countWords(text) {
  return text.split(/[\s\u200b]+/u).filter((part) => /[\p{L}\p{N}]/u.test(part)).length;
}

function showWords() {
  for (const place of form.querySelectorAll("[data-words-of]")) {
    const words = countWords(form.elements[place.dataset.wordsOf].value);
    const over = words > Number(place.dataset.most);
    place.classList.toggle("over", over);
    place.textContent = (over ? place.dataset.over : place.dataset.text).replace("{n}", words);
  }
}

function answersTo(name) {
  const fields = [...form.querySelectorAll(`[name="${CSS.escape(name)}"]`)];
  const chosen = fields.filter((field) => !["radio", "checkbox"].includes(field.type) || field.checked);
  return chosen.map((field) => field.value);
}

// What is hidden is still sent: an answer is not lost because another one changed.
function showAsked() {
  for (const question of form.querySelectorAll("[data-when]")) {
    question.hidden = !answersTo(question.dataset.when).includes(question.dataset.answer);
  }
}

if (form) {
  let changed = form.closest("main").querySelector("[role=alert]") !== null;
  const look = () => {
    showWords();
    showAsked();
  };
  form.addEventListener("input", () => {
    changed = true;
    look();
  });
  form.addEventListener("submit", () => {
    changed = false;
  });
  window.addEventListener("beforeunload", (event) => {
    if (changed) event.preventDefault();
  });
  look();
}
