// The grid: every row is a scorecard that saves itself; arrows move between rows.

const { Saver } = await import(document.querySelector("[data-saving]").dataset.saving);

const words = document.querySelector("[data-words]").dataset;

function cellsOf(form) {
  return [...form.elements].filter((control) => control.dataset.cell);
}

function notesOf(form) {
  return [...form.elements].filter((control) => "note" in control.dataset);
}

function readRow(form) {
  return Object.fromEntries(
    cellsOf(form).map((cell) => {
      const name = cell.dataset.cell;
      if ("overall" in cell.dataset) return [name, { value: "", comment: cell.value }];
      const answer = { value: cell.value, comment: form.elements[`c_${name}-comment`].value };
      const reason = form.elements[`c_${name}-reason`];
      return [name, reason ? { ...answer, reason: reason.value } : answer];
    }),
  );
}

function start(form) {
  const row = form.closest("tr");
  const error = form.querySelector("[data-error]");
  const showProblems = (problems) => {
    for (const cell of cellsOf(form)) {
      const problem = problems.find((each) => each.field === cell.dataset.cell);
      if (problem) cell.setAttribute("aria-invalid", "true");
      else cell.removeAttribute("aria-invalid");
    }
    error.textContent = [...new Set(problems.map((each) => each.message))].join(" ");
  };
  const saver = new Saver({
    user: form.dataset.user,
    url: form.dataset.url,
    sheet: form.dataset.row,
    token: form.elements.csrf_token.value,
    version: Number(form.dataset.version),
    sent: form.dataset.card === "submitted",
    base: readRow(form),
    read: () => readRow(form),
    hear: {
      state: (detail) => document.dispatchEvent(new CustomEvent("juri:save", { detail })),
      reply: (reply) => {
        row.querySelector("[data-total]").textContent = reply.total;
        form.elements.version.value = reply.version;
        showProblems(reply.problems.filter((each) => !["missing", "comment_missing", "comment_short"].includes(each.code)));
        if (reply.state === "submitted") form.querySelector("[data-status] .badge").replaceChildren(words.sent);
      },
      conflict: () => (error.textContent = words.conflict),
      closed: ({ reasons }) => (error.textContent = reasons.join(" ")),
      refused: showProblems,
      signedOut: () => (error.textContent = words.out),
      gone: () => (error.textContent = words.gone),
      notSent: () => {},
      alreadySent: () => {},
    },
  });
  for (const cell of cellsOf(form)) {
    cell.addEventListener("input", () => saver.typed());
    cell.addEventListener("keydown", (event) => moveRow(event, row, cell));
  }
  for (const note of notesOf(form)) note.addEventListener("input", () => saver.typed());
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    saver.finish();
  });
  saver.takeUp((answers) => {
    for (const cell of cellsOf(form)) {
      const part = "overall" in cell.dataset ? "comment" : "value";
      cell.value = answers[cell.dataset.cell]?.[part] ?? cell.value;
    }
    for (const note of notesOf(form)) {
      const [, name, part] = /^c_(.+)-(comment|reason)$/.exec(note.name);
      note.value = answers[name]?.[part] ?? note.value;
    }
  });
}

function moveRow(event, row, cell) {
  const step = { ArrowDown: 1, ArrowUp: -1, Enter: 1 }[event.key];
  if (!step || (cell.tagName === "SELECT" && event.key !== "Enter")) return;
  event.preventDefault();
  let other = row;
  do other = step > 0 ? other.nextElementSibling : other.previousElementSibling;
  while (other && !other.querySelector("[data-cell]:not(:disabled)"));
  other?.querySelector(`[data-cell="${CSS.escape(cell.dataset.cell)}"]`)?.focus();
}

for (const form of document.querySelectorAll("form[data-row][data-writable]")) start(form);
