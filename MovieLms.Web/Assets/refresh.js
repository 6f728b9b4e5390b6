// Reads the page again every few seconds and replaces the elements with data-refresh, the number of seconds.

import { showLocalTimes } from "./console.js";

async function refresh(element) {
  // A hidden tab does not ask, and a visitor who reads or selects text is not disturbed.
  const isBusy = document.hidden || !getSelection().isCollapsed;
  if (!isBusy) {
    try {
      const response = await fetch(location.href, { headers: { Accept: "text/html" } });
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const next = page.getElementById(element.id);
      if (next !== null && !response.redirected) replace(element, next);
    } catch {
      // The server restarts, or the connection is lost: try again.
    }
  }
  setTimeout(() => refresh(element), Number(element.dataset.refresh) * 1000);
}

/** Replaces the content and keeps the focus and how far tables are scrolled. */
function replace(element, next) {
  const regions = (root) => [...root.querySelectorAll("[tabindex='0']")];
  const before = regions(element);
  const focused = before.indexOf(document.activeElement);
  const scrolled = before.map((region) => region.scrollLeft);
  element.replaceChildren(...next.childNodes);
  showLocalTimes(element);
  regions(element).forEach((region, index) => {
    region.scrollLeft = scrolled[index] ?? 0;
    if (index === focused) region.focus({ preventScroll: true });
  });
}

for (const element of document.querySelectorAll("[data-refresh]"))
  setTimeout(() => refresh(element), Number(element.dataset.refresh) * 1000);
