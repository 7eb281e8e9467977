// <div hx-get="URL" hx-trigger="live" data-live="20">: asked again every 20 seconds while the page is seen.
// The server answers 304 as long as nothing changed; then nothing is swapped and nothing is announced.
import htmx from "htmx.org";

for (const part of document.querySelectorAll("[data-live]")) {
  setInterval(() => {
    const now = document.getElementById(part.id) || part;
    if (document.visibilityState === "visible") htmx.trigger(now, "live");
  }, Number(part.dataset.live) * 1000);
}

document.addEventListener("htmx:configRequest", (event) => {
  const etag = event.detail.elt.dataset.etag;
  if (etag) event.detail.headers["If-None-Match"] = etag;
});

document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, target } = event.detail;
  if (xhr.status === 304) event.detail.shouldSwap = false;
  target.dataset.headline = headline(target);
});

// What changed is said once to those who listen: the headline, if it is another one.
document.addEventListener("htmx:afterSettle", (event) => {
  const part = document.getElementById(event.detail.target.id);
  const voice = document.querySelector("[data-voice]");
  if (part && voice && headline(part) !== event.detail.target.dataset.headline) voice.textContent = headline(part);
});

// The line "could not be refreshed" stands in the page, hidden until it is true.
function showTrouble(event, hidden) {
  const line = document.querySelector("[data-live-trouble]");
  if (line && event.detail.elt.dataset.live) line.hidden = hidden;
}
for (const name of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
  document.addEventListener(name, (event) => showTrouble(event, false));
}
document.addEventListener("htmx:afterOnLoad", (event) => showTrouble(event, event.detail.xhr.status < 400));

function headline(part) {
  const title = part.querySelector("h1");
  return title ? title.textContent.trim() : "";
}
