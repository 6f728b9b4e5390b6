// Messages that the server has not stored yet, and drafts. The tab keeps them until it is closed, also across pages.

const read = (key) => {
  try {
    return JSON.parse(sessionStorage.getItem(key)) ?? null;
  } catch {
    return null;
  }
};

const write = (key, value) => {
  try {
    if (value === null) sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, JSON.stringify(value));
  } catch {
    // The storage is full or disabled; the page still has the value.
  }
};

/** Sends messages in order, one at a time, and again after a lost connection. The server stores a client message ID once. */
export class Outbox {
  #key;
  #send;
  #changed;
  #items;
  #isSending = false;

  /**
   * @param userId The user whose messages they are.
   * @param send Sends an item. Throws an error; with `isTemporary` the item is sent again, otherwise it is refused.
   * @param changed Called with the room of an item that changed.
   */
  constructor(userId, send, changed) {
    this.#key = `movielms.outbox.${userId}`;
    this.#send = send;
    this.#changed = changed;
    this.#items = read(this.#key) ?? [];
  }

  /** The items of a room, oldest first. `failure` is the reason why an item was refused, or null. */
  of(room) {
    return this.#items.filter((item) => item.room === room);
  }

  get rooms() {
    return [...new Set(this.#items.map(({ room }) => room))];
  }

  add(room, text) {
    const id = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
    this.#items.push({ id, room, text, failure: null });
    this.#save(room);
    return this.flush();
  }

  /** Sends a refused item again. */
  retry(id) {
    const item = this.#items.find((item) => item.id === id);
    if (item) item.failure = null;
    return this.flush();
  }

  remove(id) {
    const item = this.#items.find((item) => item.id === id);
    if (!item) return;
    this.#items = this.#items.filter((other) => other !== item);
    this.#save(item.room);
  }

  /** Sends what is waiting. Call it after each connection. */
  async flush() {
    if (this.#isSending) return;
    this.#isSending = true;
    try {
      for (let next; (next = this.#items.find(({ failure }) => failure === null)); ) {
        try {
          await this.#send(next);
          this.remove(next.id);
        } catch (error) {
          if (error.isTemporary) return;
          next.failure = error.message;
          this.#save(next.room);
        }
      }
    } finally {
      this.#isSending = false;
    }
  }

  #save(room) {
    write(this.#key, this.#items.length > 0 ? this.#items : null);
    this.#changed(room);
  }
}

/** The unfinished text of each room. */
export class Drafts {
  #key;

  constructor(userId) {
    this.#key = (room) => `movielms.draft.${userId}.${room}`;
  }

  get(room) {
    return read(this.#key(room)) ?? "";
  }

  set(room, text) {
    write(this.#key(room), text === "" ? null : text);
  }
}
