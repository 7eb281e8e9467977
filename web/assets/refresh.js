// <form data-refreshable>: some answers decide what else the form asks or what it costs. When such a field ([data-triggers]) changes, the server is
// asked for the form as it is now; the parts marked [data-fresh] are replaced, and the focus stays. Without this script there is a button for it.
async function refresh(form) {
  const typed = fingerprint(form);
  const body = new FormData(form);
  body.set("_go", "refresh");
  const answer = await fetch(location.pathname, { method: "POST", body }).catch(() => null);
  if (!answer || !answer.ok || form.dataset.sent) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (fingerprint(form) !== typed) {
    await refresh(form); // somebody types faster than the line
    return;
  }
  const focused = document.activeElement && document.activeElement.id;
  for (const part of form.querySelectorAll("[data-fresh]")) {
    const fresh = page.getElementById(part.id);
    if (fresh && fresh.innerHTML !== part.innerHTML) part.innerHTML = fresh.innerHTML;
  }
  const again = focused && document.getElementById(focused);
  if (again && again !== document.activeElement) again.focus({ preventScroll: true });
}

function fingerprint(form) {
  return JSON.stringify([...new FormData(form)].map(([name, value]) => [name, String(value)]));
}

document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-refreshable]");
  if (form && event.target.matches("[data-triggers]") && !form.querySelector("input[type=file]")) refresh(form);
});

for (const button of document.querySelectorAll("[data-recount]")) button.hidden = true;
