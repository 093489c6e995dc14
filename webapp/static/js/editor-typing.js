// What is typed while the server works out a form's new shape is not lost to its answer: the question is asked again,
// with what stands in the form now.

const asked = new WeakMap();

function content(form) {
  return JSON.stringify([...new FormData(form)].filter(([, value]) => typeof value === "string"));
}

document.addEventListener("htmx:beforeRequest", ({ detail }) => {
  const form = detail.elt.closest("form");
  if (form) asked.set(detail.xhr, content(form));
});

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const { elt, triggeringEvent } = detail.requestConfig;
  const form = elt.closest("form");
  if (detail.target.id !== "editor" || !form || !asked.has(detail.xhr) || asked.get(detail.xhr) === content(form)) return;
  detail.shouldSwap = false;
  setTimeout(() => window.htmx.trigger(elt, triggeringEvent.type));
});
