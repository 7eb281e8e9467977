// Copying a link, sending with Ctrl+Enter, closed side panels on phones, the way to the error summary and to the token.

for (const button of document.querySelectorAll("button[data-copy]")) {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    const field = document.querySelector(button.dataset.copy);
    await navigator.clipboard.writeText(field.value);
    const said = document.querySelector(button.dataset.says);
    if (said) said.textContent = button.dataset.done;
  });
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  const form = event.target.closest && event.target.closest("form[data-ctrl-enter]");
  if (form) form.requestSubmit(form.querySelector("button.pri") || document.querySelector(`button.pri[form="${form.id}"]`) || undefined);
});

if (window.matchMedia("(max-width: 820px)").matches) {
  for (const panel of document.querySelectorAll("details[data-close-on-phone]")) panel.open = false;
}

// A large drawing begins where the case stands.
for (const frame of document.querySelectorAll(".dia:not(.crop)")) {
  const here = frame.querySelector(".token, .incident");
  if (!here) continue;
  const box = here.getBoundingClientRect(), around = frame.getBoundingClientRect();
  frame.scrollLeft += box.left + box.width / 2 - around.left - frame.clientWidth / 2;
  frame.scrollTop += box.top + box.height / 2 - around.top - frame.clientHeight / 2;
}

const summary = document.querySelector(".summary[role=alert], [data-focus]");
if (summary) summary.focus();
