// The list of rooms, with the number of unread messages of each.

import { gathered } from "./gathered.js";

const GROUPS = { rooms: "Rooms", direct: "Direct messages" };

export class ChatRooms {
  #nav = document.getElementById("rooms");
  #rooms = new Map();
  #changed;

  #find;

  /**
   * @param changed Called after a number or the list has changed.
   * @param find Returns the last message that the page has of a room, and the last one that is read: newer than the server's list, which
   * may be on its way while messages arrive and are read.
   */
  constructor(changed, find = () => ({ last: 0, read: 0 })) {
    this.#changed = changed;
    this.#find = find;
    for (const link of this.#nav.querySelectorAll("[data-room]")) {
      this.#rooms.set(link.dataset.room, {
        name: link.dataset.room,
        title: link.querySelector(".chat-room-title").textContent,
        isModerated: link.dataset.moderated === "true",
        unread: Number.parseInt(link.querySelector("[data-unread]").textContent, 10) || 0,
        link,
      });
    }
  }

  /** Reads the list again. Calls during a run share the next one. */
  refresh = gathered(async () => {
    const response = await fetch("/api/rooms", { headers: { Accept: "application/json" } }).catch(() => null);
    if (!response?.ok) return;
    for (const { name, title, unread, lastSequence } of (await response.json()).items) {
      const room = this.get(name, title);
      room.title = title;
      const { last, read } = this.#find(name);
      if (last <= lastSequence) room.unread = read >= lastSequence ? 0 : unread;
    }
    this.draw();
  });

  get all() {
    return [...this.#rooms.values()];
  }

  /** Returns a room, and adds it to the list if it is new. */
  get(name, title = name.startsWith("dm:") ? "Direct message" : name) {
    if (!this.#rooms.has(name)) this.#rooms.set(name, { name, title, isModerated: false, unread: 0, link: this.#add(name) });
    return this.#rooms.get(name);
  }

  has(name) {
    return this.#rooms.has(name);
  }

  remove(name) {
    this.#rooms.get(name)?.link.closest("li").remove();
    this.#rooms.delete(name);
    this.#changed();
  }

  setUnread(name, unread) {
    this.get(name).unread = unread;
    this.draw();
  }

  /** Returns the unread messages of all rooms but one. */
  countOthers(name) {
    return this.all.reduce((sum, room) => sum + (room.name === name ? 0 : room.unread), 0);
  }

  setCurrent(name) {
    for (const { name: other, link } of this.#rooms.values()) {
      if (other === name) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
  }

  draw() {
    for (const { title, unread, link } of this.#rooms.values()) {
      link.querySelector(".chat-room-title").textContent = title;
      const badge = link.querySelector("[data-unread]");
      badge.hidden = unread === 0;
      badge.firstChild.textContent = formatCount(unread);
    }
    this.#changed();
  }

  #add(name) {
    const link = document.createElement("a");
    link.className = "chat-room";
    link.href = `/chat/${name}`;
    link.dataset.room = name;
    const title = document.createElement("span");
    title.className = "chat-room-title";
    const badge = document.createElement("span");
    badge.className = "badge";
    badge.dataset.unread = "";
    badge.hidden = true;
    const hint = document.createElement("span");
    hint.className = "visually-hidden";
    hint.textContent = " unread";
    badge.append("", hint);
    link.append(title, badge);
    const line = document.createElement("li");
    line.append(link);
    const group = name.startsWith("dm:") ? GROUPS.direct : GROUPS.rooms;
    this.#nav.querySelector(`[data-group="${group}"]`).nextElementSibling.append(line);
    return link;
  }
}

export function formatCount(count) {
  return count > 99 ? "99+" : String(count);
}
