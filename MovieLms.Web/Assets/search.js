// Search as you type: reads the page of the form's address and replaces the results.

import { showLocalTimes } from "./console.js";

const form = document.getElementById("search-form");
const results = document.getElementById("results");
const delayMs = 200;
const isNarrow = matchMedia("(max-width: 899px)");
let timer = 0;
let pending = null;

function getAddress() {
  const query = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (value !== "") query.set(name, value);
  if (query.get("sort") === "title") query.delete("sort");
  const text = query.toString();
  return text === "" ? form.action : `${form.action}?${text}`;
}

async function show(address) {
  pending?.abort();
  const controller = (pending = new AbortController());
  results.setAttribute("aria-busy", "true");
  try {
    const response = await fetch(address, { signal: controller.signal, headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const found = page.getElementById("results");
    if (found === null) throw new Error(`Status ${response.status}`);
    setFacets(found, results.querySelector(".facets")?.open ?? true);
    results.replaceChildren(...found.childNodes);
    showLocalTimes(results);
    history.replaceState(null, "", address);
  } catch (error) {
    if (error.name === "AbortError") return;
    // The page itself shows what is wrong.
    location.assign(address);
  }
  if (pending === controller) results.removeAttribute("aria-busy");
}

function setFacets(root, isOpen) {
  const facets = root.querySelector(".facets");
  if (facets !== null) facets.open = isOpen;
}

function schedule(delay) {
  clearTimeout(timer);
  timer = setTimeout(() => show(getAddress()), delay);
}

form.elements.search.addEventListener("input", () => schedule(delayMs));
for (const choice of form.querySelectorAll("select")) choice.addEventListener("change", () => schedule(0));
form.addEventListener("submit", (event) => {
  event.preventDefault();
  schedule(0);
});

// Small screens show the movies first.
setFacets(results, !isNarrow.matches);
