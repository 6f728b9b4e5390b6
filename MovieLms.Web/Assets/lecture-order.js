// Lets instructors drag lectures into another order. The buttons of the page do the same one step at a time.

const list = document.querySelector("[data-order]");
const status = document.getElementById("order-status");

function getIds() {
  return [...list.children].map((item) => item.dataset.id);
}

async function save() {
  const response = await fetch(list.dataset.order, {
    method: "PUT",
    headers: {
      "Content-Type": "application/json",
      "X-CSRF-Token": document.querySelector('meta[name="csrf-token"]').content,
    },
    body: JSON.stringify({ ids: getIds() }),
  });
  // Somebody else may have added or deleted a lecture.
  if (!response.ok) location.reload();
  else status.textContent = "The order is saved.";
}

/** The first and the last lecture cannot be moved further. */
function updateButtons() {
  const items = [...list.children];
  items.forEach((item, index) => {
    item.querySelector("button[name=up]").disabled = index === 0;
    item.querySelector("button[name=down]").disabled = index === items.length - 1;
  });
}

function makeDraggable(item) {
  const handle = document.createElement("span");
  handle.className = "lecture-handle";
  handle.setAttribute("aria-hidden", "true");
  handle.textContent = "⠿";
  item.prepend(handle);
  // Only the handle drags, so that text can be selected and links can be dragged.
  handle.addEventListener("pointerdown", () => (item.draggable = true));
  handle.addEventListener("pointerup", () => (item.draggable = false));
  item.addEventListener("dragstart", (event) => {
    event.dataTransfer.effectAllowed = "move";
    item.classList.add("lecture-dragged");
  });
  item.addEventListener("dragend", () => {
    item.draggable = false;
    item.classList.remove("lecture-dragged");
  });
}

if (list !== null && list.children.length > 1) {
  let before = [];
  let isDropped = false;
  for (const item of list.children) makeDraggable(item);
  list.addEventListener("dragstart", () => ([before, isDropped] = [[...list.children], false]));
  list.addEventListener("dragend", () => isDropped || list.append(...before));
  list.addEventListener("dragover", (event) => {
    const dragged = list.querySelector(".lecture-dragged");
    const over = event.target.closest(".lecture");
    if (dragged === null) return;
    event.preventDefault();
    if (over === null || over === dragged) return;
    const box = over.getBoundingClientRect();
    list.insertBefore(dragged, event.clientY < box.top + box.height / 2 ? over : over.nextSibling);
  });
  list.addEventListener("drop", (event) => {
    event.preventDefault();
    isDropped = true;
    if (before.every((item, index) => item === list.children[index])) return;
    updateButtons();
    save().catch(() => location.reload());
  });
}
