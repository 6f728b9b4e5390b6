// Draws the messages of a room. Only what changed is drawn again, so that screen readers read new messages only, and neither the
// focus nor the position in the list is lost.

import { fitHeight } from "./fit-height.js";
import { showText } from "./message-text.js";

const CLOCK = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });
const DAY = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });
const DAY_OF_ANOTHER_YEAR = new Intl.DateTimeFormat(undefined, { dateStyle: "full" });
const MAX_PAUSE_MS = 5 * 60_000;
const NEAR_END_PX = 80;

export class ChatLog {
  #area = document.getElementById("log");
  #list = document.getElementById("messages");
  #userId;
  #actions;
  #nodes = new Map();
  #editing = null;
  #shown = null;
  #selected = null;

  /** @param actions Functions for what the user does with a message: edit(message, text), remove(message), retry(id), discard(id). */
  constructor(userId, actions) {
    this.#userId = userId;
    this.#actions = actions;
    this.#area.addEventListener("keydown", (event) => this.#onKey(event));
    this.#area.addEventListener("focusin", (event) => this.#select(event.target.closest?.("[data-key]")));
  }

  /** Whether the newest message is visible. */
  get isAtEnd() {
    // The list starts at its end and is scrolled upwards (flex-direction: column-reverse).
    return this.#area.scrollTop > -NEAR_END_PX;
  }

  onScroll(handler) {
    this.#area.addEventListener("scroll", handler, { passive: true });
  }

  scrollToEnd() {
    this.#area.scrollTop = 0;
  }

  /** Moves to the line above the unread messages. */
  scrollToNew() {
    this.#list.querySelector(".chat-new-line")?.scrollIntoView({ block: "start" });
  }

  /**
   * Draws a room.
   * @param room Its `name`, `log`, `newAfter` (the last message that was read when the room was opened, or null), `isReadOnly` and
   * `isModerated`.
   * @param pending The messages of the user that are not stored yet.
   */
  show(room, pending) {
    const isSame = this.#shown === room.name;
    if (!isSame) this.#editing = null;
    this.#shown = room.name;
    const messages = room.log.messages;
    const isPrepended = isSame && this.#first !== undefined && messages[0]?.sequence < this.#first;
    this.#first = messages[0]?.sequence;
    // New messages are announced, but not a whole room or its history.
    this.#area.setAttribute("aria-live", isSame && !isPrepended ? "polite" : "off");
    if (!isSame) {
      this.#nodes.clear();
      this.#list.replaceChildren();
    }
    this.#keepPosition(!isSame, () => this.#reconcile(this.#describe(room, messages, pending)));
  }

  #first;

  /** Shows a field in place of a message's text. */
  startEditing(room, pending, message) {
    this.#editing = { id: message.id };
    this.show(room, pending);
    const field = this.#list.querySelector(".message-editor textarea");
    if (field) fitHeight(field)();
    field?.focus();
    field?.setSelectionRange(field.value.length, field.value.length);
  }

  #describe(room, messages, pending) {
    const items = [];
    let last = null;
    let isNewShown = false;
    for (const message of messages) {
      const sent = new Date(message.sentAt);
      const day = sent.toDateString();
      const startsDay = last === null || last.day !== day;
      if (startsDay) items.push({ key: `day ${day}`, signature: day, create: () => element("li", "chat-day", dayName(sent)) });
      const isNew = room.newAfter !== null && !isNewShown && message.sequence > room.newAfter && message.from?.id !== this.#userId;
      if (isNew) {
        isNewShown = true;
        items.push({ key: "new", signature: String(room.newAfter), create: () => element("li", "chat-new-line", "New messages") });
      }
      const isContinued =
        !startsDay && !isNew && message.from != null && last.message.from?.id === message.from.id && sent - last.sent < MAX_PAUSE_MS;
      items.push(this.#describeMessage(room, message, sent, isContinued));
      last = { message, day, sent };
    }
    items.push(...pending.map((item) => this.#describePending(item)));
    return items;
  }

  #describeMessage(room, message, sent, isContinued) {
    const isOwn = message.from?.id === this.#userId;
    const isEditing = this.#editing?.id === message.id && !message.deleted;
    const mayDelete = !message.deleted && !room.isReadOnly && (isOwn || room.isModerated);
    const mayEdit = mayDelete && isOwn;
    return {
      key: isOwn && message.clientMessageId ? `own ${message.clientMessageId}` : `message ${message.sequence}`,
      signature: [message.sequence, isContinued, mayEdit, mayDelete, isEditing || `${message.editedAt} ${message.deleted}`].join(" "),
      create: () => {
        const line = element("li", "message");
        line.classList.toggle("message-own", isOwn);
        line.classList.toggle("message-continued", isContinued);
        line.classList.toggle("message-deleted", message.deleted);
        line.dataset.sequence = message.sequence;
        const time = Object.assign(element("time", "", CLOCK.format(sent)), { dateTime: message.sentAt, title: sent.toString() });
        const author = message.from === null ? "Deleted message" : isOwn ? "You" : message.from.name ?? "Former member";
        line.append(element("p", "message-head", element("b", "", author), " ", time));
        if (isEditing) {
          line.append(this.#editor(room, message));
          return line;
        }
        line.append(showText(element("p", "message-text"), message.deleted ? "This message was deleted." : message.text));
        if (message.editedAt && !message.deleted) line.append(element("p", "message-note", "edited"));
        const buttons = [];
        if (mayEdit) buttons.push(button("Edit", () => this.#actions.edit(message)));
        if (mayDelete) buttons.push(button("Delete", () => this.#actions.remove(message)));
        if (buttons.length > 0) line.append(element("p", "message-actions", ...buttons));
        return line;
      },
    };
  }

  #describePending({ id, text, failure }) {
    return {
      key: `own ${id}`,
      signature: `pending ${failure}`,
      create: () => {
        const line = element("li", `message message-own ${failure ? "message-refused" : "message-waiting"}`);
        line.append(element("p", "message-head", element("b", "", "You")));
        line.append(showText(element("p", "message-text"), text));
        line.append(element("p", "message-note", failure ? `Not sent: ${failure}` : "Not sent yet"));
        if (failure) {
          const discard = button("Discard", () => this.#actions.discard(id));
          line.append(element("p", "message-actions", button("Send again", () => this.#actions.retry(id)), discard));
        }
        return line;
      },
    };
  }

  #editor(room, message) {
    const form = element("form", "message-editor");
    const field = element("textarea");
    field.value = message.text;
    field.rows = 1;
    field.setAttribute("aria-label", "Edit the message");
    const problem = element("p", "field-error");
    problem.setAttribute("role", "alert");
    const close = () => {
      this.#editing = null;
      this.#actions.redraw();
      document.getElementById("text").focus();
    };
    const save = async () => {
      const text = field.value.trim();
      if (text === "" || text === message.text) return close();
      problem.textContent = "";
      try {
        await this.#actions.save(message, text);
        close();
      } catch (error) {
        problem.textContent = error.message;
      }
    };
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      save();
    });
    field.addEventListener("keydown", (event) => {
      if (event.key === "Escape") close();
      else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) save();
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
    const cancel = button("Cancel", close);
    const saveButton = Object.assign(element("button", "link-button", "Save"), { type: "submit" });
    form.append(field, problem, element("p", "message-note", "Enter saves, Escape cancels. ", saveButton, " ", cancel));
    return form;
  }

  #reconcile(items) {
    let next = this.#list.firstChild;
    const keys = new Set();
    for (const item of items) {
      keys.add(item.key);
      let known = this.#nodes.get(item.key);
      if (known?.signature !== item.signature) {
        const node = item.create();
        node.dataset.key = item.key;
        node.tabIndex = -1;
        const hadFocus = known?.node.contains(document.activeElement) && !node.querySelector("textarea");
        if (next === known?.node) next = next?.nextSibling ?? null;
        known?.node.remove();
        known = { node, signature: item.signature };
        this.#nodes.set(item.key, known);
        this.#list.insertBefore(node, next);
        if (hadFocus) node.focus({ preventScroll: true });
      } else if (known.node === next) {
        next = next.nextSibling;
      } else {
        this.#list.insertBefore(known.node, next);
      }
    }
    for (const [key, { node }] of this.#nodes) {
      if (keys.has(key)) continue;
      node.remove();
      this.#nodes.delete(key);
    }
  }

  /** Changes the list. At its end it stays there; elsewhere what is visible does not move. */
  #keepPosition(toEnd, change) {
    const isAtEnd = toEnd || this.isAtEnd;
    const top = this.#area.getBoundingClientRect().top;
    // The name of a day moves to the first message of the day that is held.
    const messages = this.#list.querySelectorAll(".message");
    const anchor = isAtEnd ? null : [...messages].find((node) => node.getBoundingClientRect().bottom > top);
    const before = anchor?.getBoundingClientRect().top;
    const key = anchor?.dataset.key;
    change();
    if (isAtEnd) {
      this.scrollToEnd();
      return;
    }
    const now = this.#nodes.get(key)?.node;
    if (now) this.#area.scrollTop += now.getBoundingClientRect().top - before;
  }

  #onKey(event) {
    if (event.target.closest("textarea, a") || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return;
    const lines = [...this.#list.querySelectorAll(".message")];
    const index = lines.indexOf(document.activeElement.closest(".message"));
    const target = index < 0 ? lines.at(-1) : lines[index + (event.key === "ArrowUp" ? -1 : 1)];
    if (!target) return;
    event.preventDefault();
    target.focus();
  }

  /** Only the buttons of the selected message are reached with the Tab key. */
  #select(line) {
    if (line === this.#selected) return;
    for (const item of this.#selected?.querySelectorAll(".message-actions button") ?? []) item.tabIndex = -1;
    this.#selected = line;
    for (const item of line?.querySelectorAll(".message-actions button") ?? []) item.tabIndex = 0;
  }
}

function dayName(date) {
  const now = new Date();
  const yesterday = new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1);
  if (date.toDateString() === now.toDateString()) return "Today";
  if (date.toDateString() === yesterday.toDateString()) return "Yesterday";
  return (date.getFullYear() === now.getFullYear() ? DAY : DAY_OF_ANOTHER_YEAR).format(date);
}

function button(label, action) {
  const made = Object.assign(element("button", "link-button", label), { type: "button", tabIndex: -1 });
  made.addEventListener("click", action);
  return made;
}

function element(tag, className = "", ...children) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...children);
  return made;
}
