/**
 * The messages of one room as this client holds them. The server numbers a room's messages 1, 2, 3 … without gaps and
 * repeats, but delivers them in any order, late or twice: this class puts them in order, drops repeats and says what is
 * missing. It knows nothing of the page or the connection, so that tests run it alone.
 */
export class RoomLog {
  #bySequence = new Map();
  #pending = new Map();
  // Everything from `first` to here is held.
  #whole = 0;

  /** The lowest and highest sequence held; 0 when there is none. */
  first = 0;
  last = 0;

  /** Takes a message from an answer or an event. Returns false for one that is held in the same state already. */
  accept(message) {
    const known = this.#bySequence.get(message.sequence);
    if (known && (known.editedAt ?? "") === (message.editedAt ?? "") && known.deleted === message.deleted) return false;
    // An edit may overtake the delivery of what it changed.
    if (known && isOlder(message, known)) return false;
    this.#bySequence.set(message.sequence, message);
    if (message.clientMessageId) this.#pending.delete(message.clientMessageId);
    if (this.first === 0 || message.sequence < this.first) this.first = this.#whole = message.sequence;
    if (message.sequence > this.last) this.last = message.sequence;
    while (this.#bySequence.has(this.#whole + 1)) this.#whole++;
    return true;
  }

  /** The sequence after which something is missing, or null. Ask GetSince with it until it is null. */
  gapAfter() {
    return this.#whole < this.last ? this.#whole : null;
  }

  /** Remembers what the user has written until the server has stored it; sending it again stores it once. */
  expect(clientMessageId, text) {
    this.#pending.set(clientMessageId, { clientMessageId, text, failure: null });
  }

  /** Says why a message was refused; it stays to be sent again. */
  refuse(clientMessageId, failure) {
    const pending = this.#pending.get(clientMessageId);
    if (pending) pending.failure = failure;
  }

  /** Forgets a message that was not stored. */
  discard(clientMessageId) {
    this.#pending.delete(clientMessageId);
  }

  /** What is written and not stored yet, oldest first. */
  get pending() {
    return [...this.#pending.values()];
  }

  /** What is stored, in the room's order. */
  get messages() {
    return [...this.#bySequence.values()].sort((a, b) => a.sequence - b.sequence);
  }
}

function isOlder(message, known) {
  return known.deleted ? !message.deleted : !message.deleted && (message.editedAt ?? "") < (known.editedAt ?? "");
}
