// Pages work without this file: it adds focus on errors, double-click protection and partial refreshes.
import { Button, Checkboxes, ErrorSummary, NotificationBanner, Radios, SkipLink, createAll } from "./govuk-frontend.min.js";

document.body.classList.add("js-enabled", "govuk-frontend-supported");

function start(scope) {
  for (const part of [Button, Checkboxes, ErrorSummary, NotificationBanner, Radios, SkipLink]) {
    createAll(part, undefined, { scope, onError: () => undefined });
  }
}

start(document);
document.addEventListener("htmx:afterSwap", (event) => start(event.detail.target));

// On a phone the filters would stand before the list.
if (matchMedia("(max-width: 640px)").matches) {
  for (const fold of document.querySelectorAll("details[data-fold]")) fold.open = Boolean(fold.querySelector(".govuk-error-message"));
}
