// Shows inputs with a time in UTC in the visitor's time zone. The form still sends UTC.

const pad = (number) => String(number).padStart(2, "0");

/** Returns the value of an input for a time in the visitor's time zone. */
function toLocal(utc) {
  const time = new Date(`${utc}Z`);
  const date = `${time.getFullYear()}-${pad(time.getMonth() + 1)}-${pad(time.getDate())}`;
  return `${date}T${pad(time.getHours())}:${pad(time.getMinutes())}`;
}

for (const input of document.querySelectorAll('input[type="datetime-local"][data-utc]')) {
  const sent = document.createElement("input");
  sent.type = "hidden";
  sent.name = input.name;
  input.removeAttribute("name");
  input.after(sent);
  if (input.value) input.value = toLocal(input.value);
  const update = () => {
    const time = new Date(input.value);
    sent.value = Number.isNaN(time.getTime()) ? "" : time.toISOString().slice(0, 16);
  };
  update();
  input.addEventListener("input", update);
  // The browser may restore what was entered before, after this script has run.
  input.form.addEventListener("submit", update);
  const hint = document.getElementById(`${input.id}-hint`);
  if (hint) hint.textContent = `In your time zone, ${Intl.DateTimeFormat().resolvedOptions().timeZone}.`;
}
