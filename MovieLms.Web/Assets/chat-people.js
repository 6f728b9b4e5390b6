// Who is present in a room, and who is writing.

const TYPING_MS = 4_000;

export class ChatPeople {
  #userId;
  #rooms = new Map();
  #shown = "";

  constructor(userId) {
    this.#userId = userId;
    document.getElementById("people").hidden = false;
    document.getElementById("people-button").hidden = false;
  }

  #of(name) {
    if (!this.#rooms.has(name)) this.#rooms.set(name, { members: [], count: 0, changes: null, typing: new Map() });
    return this.#rooms.get(name);
  }

  /** Records joins and leaves from now on: they may arrive before the answer of the join, which is older. */
  beginJoin(name) {
    this.#of(name).changes = [];
  }

  endJoin(name, members, count) {
    const room = this.#of(name);
    room.members = (room.changes ?? []).reduce((known, change) => change(known), members);
    room.changes = null;
    room.count = count > members.length ? count : 0;
    this.#draw(name);
  }

  add(name, user) {
    this.#change(name, (known) => [...known.filter(({ id }) => id !== user.id), user]);
  }

  remove(name, user) {
    this.#change(name, (known) => known.filter(({ id }) => id !== user.id));
    this.stopTyping(name, user.id);
  }

  replace(name, members) {
    this.#change(name, () => members);
  }

  /** Sets how many users are present in a large room, whose members are not all known. */
  setCount(name, count) {
    this.#of(name).count = count;
    this.#draw(name);
  }

  startTyping(name, user) {
    const { typing } = this.#of(name);
    clearTimeout(typing.get(user.id)?.timer);
    typing.set(user.id, { name: user.name, timer: setTimeout(() => this.stopTyping(name, user.id), TYPING_MS) });
    this.#drawTyping(name);
  }

  stopTyping(name, userId) {
    const { typing } = this.#of(name);
    clearTimeout(typing.get(userId)?.timer);
    if (typing.delete(userId)) this.#drawTyping(name);
  }

  /** Shows the people of a room from now on. */
  show(name) {
    this.#shown = name;
    this.#draw(name);
    this.#drawTyping(name);
  }

  #change(name, change) {
    const room = this.#of(name);
    room.changes?.push(change);
    room.members = change(room.members);
    room.count = 0;
    this.#draw(name);
  }

  #draw(name) {
    if (name !== this.#shown) return;
    const { members, count } = this.#of(name);
    const total = count || members.length;
    document.getElementById("people-count").textContent = total > 0 ? total.toLocaleString() : "";
    for (const list of document.querySelectorAll("[data-people]")) {
      list.replaceChildren(...members.map((member) => this.#line(member)));
      if (count > members.length) {
        const line = document.createElement("li");
        line.className = "chat-present muted";
        line.textContent = `${count.toLocaleString()} people, among them:`;
        list.prepend(line);
      }
    }
  }

  #line(member) {
    const line = document.createElement("li");
    const isSelf = member.id === this.#userId;
    const shown = document.createElement(isSelf ? "span" : "a");
    shown.className = isSelf ? "chat-present" : "chat-present chat-room";
    shown.textContent = `${member.name ?? "Somebody"}${isSelf ? " (you)" : ""}`;
    if (!isSelf) {
      shown.dataset.room = `dm:${[this.#userId, member.id].sort().join(":")}`;
      shown.dataset.title = member.name ?? "Direct message";
      shown.href = `/chat/${shown.dataset.room}`;
      shown.title = `Write to ${member.name}`;
    }
    line.append(shown);
    return line;
  }

  #drawTyping(name) {
    if (name !== this.#shown) return;
    const names = [...this.#of(name).typing.values()].map(({ name }) => name);
    const text = names.length === 1 ? `${names[0]} is writing…` : `${names.slice(0, 3).join(", ")} are writing…`;
    document.getElementById("typing").textContent = names.length === 0 ? "" : text;
  }
}
