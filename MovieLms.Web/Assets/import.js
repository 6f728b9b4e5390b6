// The progress of an import, once a second, and files dropped on a form.

import { showLocalTimes } from "./console.js";

const intervalMs = 1000;

async function update() {
  const region = document.getElementById("import");
  if (region === null || region.dataset.running !== "true") return;
  try {
    const response = await fetch(location.href, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const next = page.getElementById("import");
    if (next !== null) {
      region.replaceWith(document.adoptNode(next));
      showLocalTimes(next);
      prepareDrops(next);
    }
  } catch {
    // The server restarts, or the connection is lost: try again.
  }
  setTimeout(update, intervalMs);
}

function prepareDrops(root) {
  for (const area of root.querySelectorAll("[data-drop]")) {
    const input = area.querySelector("input[type=file]");
    const mark = (isOver) => area.classList.toggle("drop-over", isOver);
    area.addEventListener("dragover", (event) => {
      event.preventDefault();
      mark(true);
    });
    area.addEventListener("dragleave", () => mark(false));
    area.addEventListener("drop", (event) => {
      event.preventDefault();
      mark(false);
      if (event.dataTransfer.files.length === 0) return;
      input.files = event.dataTransfer.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    });
  }
}

prepareDrops(document);
setTimeout(update, intervalMs);
