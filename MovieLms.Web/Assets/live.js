// Lists that follow their filters: reads the page of the form's address and replaces the results, whose ID is in data-live.

import { showLocalTimes } from "./console.js";

const typingDelayMs = 250;

class LiveForm {
  constructor(form) {
    this.form = form;
    this.timer = 0;
    this.pending = null;
    form.addEventListener("input", (event) => this.schedule(event.target.type === "search" ? typingDelayMs : 0));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.schedule(0);
    });
  }

  get address() {
    const query = new URLSearchParams();
    for (const [name, value] of new FormData(this.form)) if (value !== "") query.set(name, value);
    const address = new URL(this.form.action);
    address.search = query.toString();
    return address.href;
  }

  schedule(delay) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.show(this.address), delay);
  }

  async show(address) {
    this.pending?.abort();
    const controller = (this.pending = new AbortController());
    const results = document.getElementById(this.form.dataset.live);
    results.setAttribute("aria-busy", "true");
    try {
      const response = await fetch(address, { signal: controller.signal, headers: { Accept: "text/html" } });
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const found = page.getElementById(results.id);
      if (found === null || response.redirected) throw new Error(`Status ${response.status}`);
      results.replaceChildren(...found.childNodes);
      showLocalTimes(results);
      history.replaceState(null, "", address);
    } catch (error) {
      if (error.name === "AbortError") return;
      // The page itself shows what is wrong.
      location.assign(address);
    }
    if (this.pending === controller) results.removeAttribute("aria-busy");
  }
}

for (const form of document.querySelectorAll("form[data-live]")) new LiveForm(form);
