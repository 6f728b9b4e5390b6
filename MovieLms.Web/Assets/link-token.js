// Moves the secret of a link from the fragment of the address into the form, and hides the field.

for (const field of document.querySelectorAll("[data-link-token]")) {
  const input = field.querySelector("input");
  if (location.hash.length > 1) {
    input.value = location.hash.slice(1);
    // So that it is not in the history, and a later visitor of this browser does not find it.
    history.replaceState(null, "", location.pathname + location.search);
  }
  const hasError = input.getAttribute("aria-invalid") === "true";
  field.hidden = input.value.length > 0 && !hasError;
}
