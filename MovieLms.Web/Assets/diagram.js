// Zooms and moves a diagram. Without scripts it is a picture that scrolls.

const minScale = 0.1;
const maxScale = 4;
const step = 1.25;
const scrollStep = 80;

class Diagram {
  constructor(root) {
    this.root = root;
    this.view = root.querySelector(".diagram-view");
    this.image = root.querySelector("img");
    this.output = root.querySelector("output");
    this.width = this.image.naturalWidth;
    this.height = this.image.naturalHeight;
    root.querySelector(".diagram-tools").hidden = false;
    for (const hint of root.querySelectorAll("[data-scripts]")) hint.hidden = false;
    for (const button of root.querySelectorAll("[data-zoom]")) button.addEventListener("click", () => this.run(button.dataset.zoom));
    this.view.addEventListener("keydown", (event) => this.onKey(event));
    this.view.addEventListener("wheel", (event) => this.onWheel(event), { passive: false });
    this.view.addEventListener("pointerdown", (event) => this.onPress(event));
    this.view.addEventListener("pointermove", (event) => this.onMove(event));
    for (const name of ["pointerup", "pointercancel"]) this.view.addEventListener(name, () => this.release());
    this.image.draggable = false;
    this.fit();
  }

  run(command) {
    if (command === "in") this.zoom(this.scale * step);
    else if (command === "out") this.zoom(this.scale / step);
    else if (command === "fit") this.fit();
    else this.zoom(1);
  }

  /** Shows the whole diagram, but not larger than it is. */
  fit() {
    const { clientWidth, clientHeight } = this.view;
    this.zoom(Math.min(1, clientWidth / this.width, clientHeight / this.height));
  }

  /** Sets the scale and keeps a point of the view (its center by default) where it is. */
  zoom(scale, x = this.view.clientWidth / 2, y = this.view.clientHeight / 2) {
    const before = this.scale ?? 1;
    this.scale = Math.min(maxScale, Math.max(minScale, scale));
    const left = ((this.view.scrollLeft + x) * this.scale) / before - x;
    const top = ((this.view.scrollTop + y) * this.scale) / before - y;
    this.image.style.width = `${Math.round(this.width * this.scale)}px`;
    this.view.scrollTo(left, top);
    this.output.textContent = `${Math.round(this.scale * 100)} %`;
  }

  onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    if (event.key === "+" || event.key === "=") this.run("in");
    else if (event.key === "-") this.run("out");
    else if (event.key === "0") this.run("full");
    else if (event.key.toLowerCase() === "f") this.run("fit");
    else if (moves[event.key]) this.view.scrollBy(moves[event.key][0] * scrollStep, moves[event.key][1] * scrollStep);
    else return;
    event.preventDefault();
  }

  onWheel(event) {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const box = this.view.getBoundingClientRect();
    this.zoom(this.scale * (event.deltaY < 0 ? 1.1 : 1 / 1.1), event.clientX - box.left, event.clientY - box.top);
  }

  onPress(event) {
    // Fingers scroll by themselves.
    if (event.button !== 0 || event.pointerType === "touch") return;
    this.start = { x: event.clientX, y: event.clientY, left: this.view.scrollLeft, top: this.view.scrollTop };
    this.view.setPointerCapture(event.pointerId);
    this.view.classList.add("diagram-held");
  }

  onMove(event) {
    if (!this.start) return;
    this.view.scrollTo(this.start.left + this.start.x - event.clientX, this.start.top + this.start.y - event.clientY);
  }

  release() {
    this.start = null;
    this.view.classList.remove("diagram-held");
  }
}

for (const root of document.querySelectorAll(".diagram")) {
  const image = root.querySelector("img");
  if (image.complete && image.naturalWidth > 0) new Diagram(root);
  else image.addEventListener("load", () => new Diagram(root), { once: true });
}
