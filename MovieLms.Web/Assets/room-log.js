/**
 * The messages of a room that this client holds. The server numbers a room's messages 1, 2, 3 … without gaps or duplicates,
 * but may deliver them late, twice or in any order. This class orders them, drops duplicates and reports gaps. It depends on
 * neither the page nor the connection, so tests can run it alone.
 */
export class RoomLog {
  #bySequence = new Map();
  // Every message from `first` to here is held.
  #contiguous = 0;

  /** The lowest and highest sequence held, or 0 when there is none. */
  first = 0;
  last = 0;

  /** Adds a message from a response or an event. Returns false if the message is already held in the same or a newer state. */
  accept(message) {
    const known = this.#bySequence.get(message.sequence);
    if (known && (known.editedAt ?? "") === (message.editedAt ?? "") && known.deleted === message.deleted) return false;
    // An edit may arrive before the message that it changed.
    if (known && isOlder(message, known)) return false;
    this.#bySequence.set(message.sequence, message);
    if (this.first === 0 || message.sequence < this.first) this.first = this.#contiguous = message.sequence;
    if (message.sequence > this.last) this.last = message.sequence;
    while (this.#bySequence.has(this.#contiguous + 1)) this.#contiguous++;
    return true;
  }

  /** Returns whether a message with this sequence is held. */
  has(sequence) {
    return this.#bySequence.has(sequence);
  }

  /** Returns the sequence after which a message is missing, or null. Call GetSince with it until it is null. */
  gapAfter() {
    return this.#contiguous < this.last ? this.#contiguous : null;
  }

  /** The stored messages, in order. */
  get messages() {
    return [...this.#bySequence.values()].sort((a, b) => a.sequence - b.sequence);
  }
}

function isOlder(message, known) {
  return known.deleted ? !message.deleted : !message.deleted && (message.editedAt ?? "") < (known.editedAt ?? "");
}
