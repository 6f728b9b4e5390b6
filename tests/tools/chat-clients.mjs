/**
 * Plays many chat clients with the official JavaScript client, for tests: commands come on standard input, one JSON object
 * a line with an `id` and an `op`, and each is answered by a line with the same `id` and `result` or `error`.
 *
 * Each client keeps the rule that every client must keep: order by sequence, drop repeats, ask for what is missing, join
 * again after a lost connection, and send again under the same clientMessageId until it is stored. The order is kept by the
 * chat page's own room-log.js, whose path is the one argument.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import * as signalR from "@microsoft/signalr";
import { MessagePackHubProtocol } from "@microsoft/signalr-protocol-msgpack";

const { RoomLog } = await import("data:text/javascript," + encodeURIComponent(readFileSync(process.argv[2], "utf8")));
const PAGE = 100;
const GAP_PATIENCE_MS = 300;
const RETRY_MS = 300;
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

class Client {
  rooms = new Map();
  events = [];
  heard = 0;
  repeats = 0;
  foreign = 0;
  connections = 0;
  failures = [];
  #connecting = null;
  #wanted = true;
  #hub;

  constructor({ url, token, messagePack }) {
    const builder = new signalR.HubConnectionBuilder()
      .withUrl(url, { accessTokenFactory: () => token, transport: signalR.HttpTransportType.WebSockets, skipNegotiation: true })
      .configureLogging(signalR.LogLevel.None);
    if (messagePack) builder.withHubProtocol(new MessagePackHubProtocol());
    this.#hub = builder.build();
    this.#hub.on("MessageReceived", (message) => this.#receive(message));
    this.#hub.on("MessageChanged", (message) => this.rooms.get(message.room)?.log.accept(message));
    this.#hub.on("UserJoined", ({ room, user }) => this.#present(room, (members) => members.add(user.id)));
    this.#hub.on("UserLeft", ({ room, user }) => this.#present(room, (members) => members.delete(user.id)));
    this.#hub.on("PresenceChanged", ({ room, members }) => this.#present(room, (known) => (known.clear(), members.forEach(({ id }) => known.add(id)))));
    // A large room sends its count in place of joins and leaves.
    this.#hub.on("MemberCountChanged", ({ room, count }) => this.rooms.has(room) && (this.rooms.get(room).memberCount = count));
    this.#hub.on("RoomLeft", ({ room, reason }) => (this.#note("RoomLeft", room, reason), this.rooms.delete(room)));
    this.#hub.on("ConnectionEnding", ({ reason, mayReconnect }) => {
      this.#note("ConnectionEnding", reason, mayReconnect);
      if (!mayReconnect) this.#wanted = false;
    });
    for (const name of ["UserTyping", "MessageRead", "Notification", "ImportProgress", "OrderChanged"]) this.#hub.on(name, (event) => this.#note(name, JSON.stringify(event)));
    this.#hub.onclose(() => this.#wanted && this.#connect());
  }

  get state() {
    return this.#hub.state;
  }

  async open(rooms) {
    for (const room of rooms) this.rooms.set(room, { log: new RoomLog(), base: null, members: new Set(), changes: [], filling: false, accepted: 0 });
    await this.#connect();
  }

  async close() {
    this.#wanted = false;
    await this.#hub.stop();
  }

  invoke(method, ...args) {
    return this.#hub.invoke(method, ...args);
  }

  /** Sends until it is stored. What is sent again after a doubt has the same name, so that it is stored once. */
  async send(room, text, clientMessageId) {
    for (let attempts = 1; ; attempts++) {
      try {
        await this.#hub.invoke("SendMessage", room, text, clientMessageId);
        return attempts;
      } catch (error) {
        if (/HubException: (\w+NotFound|roomReadOnly|clientMessageIdUsed|invalidInput|unauthorized): /.test(error.message)) throw error;
        if (!this.#wanted) throw error;
        await pause(RETRY_MS);
      }
    }
  }

  /** What is held of each room, and a digest of it that somebody else can compute from the database. */
  held() {
    const rooms = {};
    for (const [room, { log, accepted, members, memberCount }] of this.rooms) {
      const digest = createHash("sha256");
      for (const { sequence, clientMessageId, from, text } of log.messages) digest.update(`${sequence} ${from?.id} ${clientMessageId} ${text}\n`);
      rooms[room] = { count: log.messages.length, first: log.first, last: log.last, accepted, digest: digest.digest("hex"), members: [...members].sort(), memberCount };
    }
    return { state: this.state, rooms, heard: this.heard, repeats: this.repeats, foreign: this.foreign, connections: this.connections, events: this.events, failures: this.failures };
  }

  /** One loop at a time, whoever asks for it: what closes while it enters is begun again by the loop itself. */
  #connect() {
    return (this.#connecting ??= this.#loop().finally(() => (this.#connecting = null)));
  }

  async #loop() {
    while (this.#wanted) {
      try {
        await this.#hub.start();
        this.connections++;
        for (const room of this.rooms.keys()) await this.#enter(room);
        if (this.#hub.state === signalR.HubConnectionState.Connected) return;
      } catch (error) {
        this.failures.push(error.message);
        await this.#hub.stop().catch(() => undefined);
        await pause(RETRY_MS * (1 + Math.random()));
      }
    }
  }

  async #enter(name) {
    const room = this.rooms.get(name);
    if (!room) return;
    room.changes = [];
    const joined = await this.#hub.invoke("JoinRoom", name);
    room.memberCount = joined.memberCount;
    // Whoever came or went after the answer was written may have been heard of before it arrived.
    room.members = new Set(joined.members.map(({ id }) => id));
    room.changes.forEach((change) => change(room.members));
    room.changes = [];
    // What was there before the first joining is history; from there on nothing may be missing.
    room.base ??= joined.messages.at(-1)?.sequence ?? 0;
    for (let page; (page = await this.#hub.invoke("GetSince", name, Math.max(room.log.last, room.base), PAGE)).length > 0; ) page.forEach((message) => this.#accept(room, message));
    await this.#fill(name, room);
  }

  #receive(message) {
    const room = this.rooms.get(message.room);
    if (!room && message.room.startsWith("dm:")) this.#note("Direct", message.room, message.text);
    else if (!room) this.foreign++;
    if (!room) return;
    this.heard++;
    if (!this.#accept(room, message)) this.repeats++;
    if (this.#missingAfter(room) !== null) setTimeout(() => this.#fill(message.room, room).catch(() => undefined), GAP_PATIENCE_MS);
  }

  #accept(room, message) {
    if (!room.log.accept(message)) return false;
    room.accepted++;
    return true;
  }

  #missingAfter({ log, base }) {
    return log.last === 0 || base === null ? null : log.first > base + 1 ? base : log.gapAfter();
  }

  async #fill(name, room) {
    if (room.filling) return;
    room.filling = true;
    try {
      for (let after; (after = this.#missingAfter(room)) !== null; ) (await this.#hub.invoke("GetSince", name, after, PAGE)).forEach((message) => this.#accept(room, message));
    } finally {
      room.filling = false;
    }
  }

  #present(name, change) {
    const room = this.rooms.get(name);
    if (!room) return;
    room.changes.push(change);
    change(room.members);
  }

  #note(...event) {
    this.events.push(event.join(" "));
  }
}

// The library rejects start() when a stopping server cancels the handshake, and throws the same error into the socket's event too.
process.on("uncaughtException", (error) => {
  if (/handshake/i.test(error.message)) return;
  console.error(error);
  process.exit(1);
});

const clients = new Map();
const ops = {
  async open({ client, rooms, ...options }) {
    clients.set(client, new Client(options));
    await clients.get(client).open(rooms);
  },
  call: ({ client, method, args }) => clients.get(client).invoke(method, ...args),
  close: ({ client }) => clients.get(client).close(),
  held: ({ client }) => clients.get(client).held(),
  /** Sends so many messages, from all named clients in turn to their rooms in turn, so many under way at once. */
  async load({ names, messages, atOnce, prefix }) {
    const sent = {};
    let next = 0;
    let attempts = 0;
    const one = async () => {
      for (let i; (i = next++) < messages; ) {
        const client = clients.get(names[i % names.length]);
        const rooms = [...client.rooms.keys()];
        const room = rooms[Math.floor(i / names.length) % rooms.length];
        // Not "+= await": that reads the sum before it waits, and loses what others add meanwhile.
        const tries = await client.send(room, `message ${i} of ${prefix}`, `${prefix}-${i}`);
        attempts += tries;
        (sent[room] ??= []).push(`${prefix}-${i}`);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, one));
    return { sent, attempts };
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { id, op, ...rest } = JSON.parse(line);
  Promise.resolve()
    .then(() => ops[op](rest))
    .then((result) => console.log(JSON.stringify({ id, result: result ?? null })), (error) => console.log(JSON.stringify({ id, error: String(error.message ?? error) })));
}
process.exit(0);
