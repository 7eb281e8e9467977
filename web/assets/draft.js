// <form data-draft="URL">: what is typed is kept on the server, one second after the last key and on leaving a field.
// The answer is a sentence for people; it goes into [data-draft-state].
const WAIT = 1000;

function watch(form) {
  let timer = 0;
  let saved = fingerprint(form);

  async function save() {
    clearTimeout(timer);
    const typed = fingerprint(form);
    if (typed === saved || form.dataset.sent) return;
    const answer = await fetch(form.dataset.draft, { method: "POST", body: new FormData(form), headers: { "X-Requested-With": "draft" } }).catch(() => null);
    if (!answer || !answer.ok) return;
    saved = typed;
    const state = document.querySelector("[data-draft-state]");
    if (state) state.textContent = await answer.text();
  }

  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(save, WAIT);
  });
  form.addEventListener("focusout", save);
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") save(); });
}

function fingerprint(form) {
  return JSON.stringify([...new FormData(form)].map(([name, value]) => [name, String(value)]));
}

for (const form of document.querySelectorAll("form[data-draft]")) watch(form);
