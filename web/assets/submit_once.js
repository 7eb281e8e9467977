// A form is sent once: the second press is ignored, the pressed button says that it is busy.
// The button is not disabled, for its name and value belong to what is sent.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  const button = event.submitter;
  if (button && button.dataset.busy) {
    button.setAttribute("aria-busy", "true");
    button.dataset.label = button.textContent;
    // after the browser has read the form
    setTimeout(() => { button.textContent = button.dataset.busy; }, 0);
  }
});

// Coming back with the browser's own button shows the page as it was left: ready again.
window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  for (const button of document.querySelectorAll("button[aria-busy]")) {
    button.removeAttribute("aria-busy");
    button.textContent = button.dataset.label;
  }
});
