// Checks off to-dos at once, and converts due dates between the visitor's time zone and UTC.

const token = document.querySelector('meta[name="csrf-token"]').content;

/** Shows the state of a to-do before the server has stored it. */
function show(button, isDone) {
  button.setAttribute("aria-pressed", String(isDone));
  button.value = `${isDone ? "open" : "done"}:${button.dataset.done}`;
  button.closest(".todo").classList.toggle("todo-done", isDone);
}

async function check(button) {
  const isDone = button.getAttribute("aria-pressed") !== "true";
  show(button, isDone);
  try {
    const response = await fetch(`/api/todos/${button.dataset.done}`, {
      method: "PATCH",
      headers: { "Content-Type": "application/json", "X-CSRF-Token": token },
      body: JSON.stringify({ done: isDone }),
    });
    if (!response.ok) throw new Error(`Status ${response.status}`);
  } catch {
    // Without this script, the page says what is wrong.
    show(button, !isDone);
    button.dataset.failed = "true";
    button.form.requestSubmit(button);
  }
}

document.getElementById("todo-action").addEventListener("submit", (event) => {
  const button = event.submitter;
  if (!button?.dataset.done || button.dataset.failed) return;
  event.preventDefault();
  check(button);
});

function twoDigits(number) {
  return String(number).padStart(2, "0");
}

/** Returns a time as a datetime-local input has it. */
function toLocal(time) {
  const day = `${String(time.getFullYear()).padStart(4, "0")}-${twoDigits(time.getMonth() + 1)}-${twoDigits(time.getDate())}`;
  return `${day}T${twoDigits(time.getHours())}:${twoDigits(time.getMinutes())}`;
}

for (const offset of document.querySelectorAll("input[name=dueOffset]")) {
  const form = offset.closest("form");
  const input = form.elements.dueDate;
  const area = offset.closest("[data-due]");
  const hint = document.getElementById(`${input.id}-hint`);
  if (hint !== null) hint.textContent = `Your time zone: ${Intl.DateTimeFormat().resolvedOptions().timeZone}.`;
  if (area?.dataset.due) input.value = toLocal(new Date(area.dataset.due));
  form.addEventListener("submit", () => {
    const time = new Date(input.value.includes("T") ? input.value : `${input.value}T23:59`);
    offset.value = Number.isNaN(time.getTime()) ? "" : String(time.getTimezoneOffset());
  });
}
