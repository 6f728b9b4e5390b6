// The field for a new message. The text is kept per room until it is sent.

import { fitHeight } from "./fit-height.js";
import { Drafts } from "./outbox.js";

const NEAR_LIMIT = 400;
const TYPING_INTERVAL_MS = 2_500;

export class Composer {
  #form = document.getElementById("composer");
  #field = document.getElementById("text");
  #button = this.#form.querySelector("button");
  #length = document.getElementById("length");
  #maxLength = Number(document.getElementById("chat").dataset.maxLength);
  #drafts;
  #room = null;
  #actions;
  #typingSentAt = 0;
  #fit = fitHeight(this.#field);

  /** @param actions send(text), editLast() and startTyping(). */
  constructor(userId, actions) {
    this.#drafts = new Drafts(userId);
    this.#actions = actions;
    this.#form.hidden = false;
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
    this.#field.addEventListener("keydown", (event) => this.#onKey(event));
    this.#field.addEventListener("input", () => this.#onInput());
  }

  /** Shows the unfinished text of a room. */
  show(room, isReadOnly) {
    this.#field.disabled = this.#button.disabled = isReadOnly;
    this.#field.placeholder = isReadOnly ? "Nobody can write in this room anymore" : "Write a message";
    if (room === this.#room) return;
    this.#room = room;
    this.#field.value = this.#drafts.get(room);
    this.#showLength();
  }

  focus() {
    // On a touch screen the keyboard would cover half of the room.
    if (matchMedia("(hover: hover)").matches) this.#field.focus();
  }

  #send() {
    const text = this.#field.value.trim();
    if (text === "" || text.length > this.#maxLength || this.#field.disabled) return;
    this.#field.value = "";
    this.#drafts.set(this.#room, "");
    this.#showLength();
    this.#typingSentAt = 0;
    this.#actions.send(text);
  }

  #onKey(event) {
    if (event.isComposing) return;
    if (event.key === "Enter" && !event.shiftKey) this.#send();
    else if (event.key === "ArrowUp" && this.#field.value === "") this.#actions.editLast();
    else return;
    event.preventDefault();
  }

  #onInput() {
    this.#drafts.set(this.#room, this.#field.value);
    this.#showLength();
    if (this.#field.value === "" || Date.now() - this.#typingSentAt < TYPING_INTERVAL_MS) return;
    this.#typingSentAt = Date.now();
    this.#actions.startTyping();
  }

  #showLength() {
    this.#fit();
    const left = this.#maxLength - this.#field.value.trim().length;
    this.#field.setAttribute("aria-invalid", String(left < 0));
    this.#length.classList.toggle("field-error", left < 0);
    if (left > NEAR_LIMIT) this.#length.textContent = "";
    else if (left >= 0) this.#length.textContent = `${left} ${left === 1 ? "character" : "characters"} left`;
    else this.#length.textContent = `${-left} ${left === -1 ? "character" : "characters"} too many`;
  }
}
