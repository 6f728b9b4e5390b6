// Moves the key from the address into the form, which alone sends it, and hides the field while the key is accepted.

const field = document.getElementById("field-token");
const key = location.hash.slice(1);
if (field) {
  if (key) {
    field.value = key;
    history.replaceState(null, "", location.pathname);
  }
  field.closest(".field").hidden = field.value !== "" && field.getAttribute("aria-invalid") !== "true";
}
