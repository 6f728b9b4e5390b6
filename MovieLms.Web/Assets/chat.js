// A chat room: keeps the messages of all rooms complete across reconnects, and sends and edits messages.

import { ChatLog } from "./chat-log.js";
import { ChatPeople } from "./chat-people.js";
import { ChatRooms, formatCount } from "./chat-rooms.js";
import { Composer } from "./composer.js";
import { gathered } from "./gathered.js";
import { hub } from "./hub.js";
import { refreshUnread } from "./notifications.js";
import { Outbox } from "./outbox.js";
import { RoomLog } from "./room-log.js";

const PAGE = 100;
const MAX_JOINED = 20;
const RESEND_MS = 3_000;
const TEMPORARY = new Set(["unauthorized", "shutdown", "unavailable"]);
const STATUS = {
  closed: "Not connected",
  connecting: "Connecting…",
  connected: "Connected",
  reconnecting: "Reconnecting…",
  offline: "Offline",
  signedOut: "Signed out",
};

const $ = (id) => document.getElementById(id);
const root = $("chat");
const userId = root.dataset.user;
const states = new Map();
let current = root.dataset.room;
let joined = new Set();

const rooms = new ChatRooms(showCounts, (name) => {
  const state = states.get(name);
  return { last: state?.log.last ?? 0, read: Math.max(state?.read ?? 0, state?.marked ?? 0) };
});
const people = new ChatPeople(userId);
const outbox = new Outbox(userId, deliver, draw);
const log = new ChatLog(userId, {
  edit: (message) => log.startEditing(stateOf(current), pendingOf(current), message),
  save: async (message, text) => accept(await hub.call("EditMessage", message.id, text)),
  remove: askToDelete,
  retry: (id) => outbox.retry(id),
  discard: (id) => outbox.remove(id),
  redraw: () => draw(current),
});
const composer = new Composer(userId, {
  send,
  editLast: () => {
    const own = stateOf(current).log.messages.findLast((message) => message.from?.id === userId && !message.deleted);
    if (own && !stateOf(current).isReadOnly) log.startEditing(stateOf(current), pendingOf(current), own);
  },
  startTyping: () => hub.isConnected && joined.has(current) && hub.call("StartTyping", current).catch(() => {}),
});

/** What this page knows of a room. `read` is the last message that the user has read. */
function stateOf(name) {
  if (!states.has(name))
    states.set(name, { name, log: new RoomLog(), read: 0, newAfter: null, isReadOnly: false, isModerated: rooms.get(name).isModerated });
  return states.get(name);
}

function pendingOf(name) {
  const stored = new Set(stateOf(name).log.messages.filter(({ from }) => from?.id === userId).map((message) => message.clientMessageId));
  return outbox.of(name).filter(({ id }) => !stored.has(id));
}

function accept(message) {
  const { log } = stateOf(message.room);
  // An edit of a message in the part of the history that is not held yet would leave a gap.
  if (log.first > 0 && message.sequence < log.first) return false;
  return log.accept(message);
}

/* Joining */

hub.onConnect(async () => {
  joined = new Set();
  await attempt(() => join(current));
  rooms.refresh().then(joinOthers);
  outbox.flush();
});

async function join(name) {
  const state = stateOf(name);
  people.beginJoin(name);
  const answer = await hub.call("JoinRoom", name);
  joined.add(name);
  if (state.log.last > 0) await catchUp(name, state.log);
  for (const message of answer.messages) state.log.accept(message);
  await fill(name, state.log);
  state.read = Math.max(state.read, answer.readSequence);
  state.isReadOnly = answer.readOnly;
  rooms.get(name).title = answer.title;
  people.endJoin(name, answer.members, answer.memberCount);
  rooms.draw();
  if (name === current) showRoom(state);
}

/** Joins the other rooms for their messages, so that their numbers are current and they open at once. */
async function joinOthers() {
  for (const { name } of rooms.all.slice(0, MAX_JOINED)) {
    if (!hub.isConnected) return;
    if (!joined.has(name)) await join(name).catch(() => {});
  }
}

/** Fetches everything after the last message held. */
async function catchUp(name, log) {
  for (let page; (page = await hub.call("GetSince", name, log.last, PAGE)).length > 0; ) page.forEach((message) => log.accept(message));
}

/** Fetches the messages missing between those held. */
async function fill(name, log) {
  for (let after; (after = log.gapAfter()) !== null; )
    (await hub.call("GetSince", name, after, PAGE)).forEach((message) => log.accept(message));
}

/* Events */

hub.on("MessageReceived", async (message) => {
  const name = message.room;
  const isListed = rooms.has(name);
  const state = stateOf(name);
  const isNew = !state.log.has(message.sequence);
  if (!accept(message)) return;
  people.stopTyping(name, message.from?.id);
  if (isNew && message.from?.id !== userId) {
    const isRead = name === current && isReading();
    if (!isRead) rooms.setUnread(name, rooms.get(name).unread + 1);
    if (!isRead && name === current) state.newAfter ??= Math.max(state.read, message.sequence - 1);
  }
  draw(name);
  if (!isListed) rooms.refresh();
  if (state.log.gapAfter() !== null && joined.has(name)) await attempt(async () => (await fill(name, state.log), draw(name)));
});

hub.on("MessageChanged", (message) => accept(message) && draw(message.room));
hub.on("UserJoined", ({ room, user }) => people.add(room, user));
hub.on("UserLeft", ({ room, user }) => people.remove(room, user));
hub.on("PresenceChanged", ({ room, members }) => people.replace(room, members));
hub.on("MemberCountChanged", ({ room, count }) => people.setCount(room, count));
hub.on("UserTyping", ({ room, user }) => people.startTyping(room, user));

hub.on("MessageRead", ({ room, userId: reader, sequence }) => {
  if (reader !== userId) return;
  const state = stateOf(room);
  state.read = Math.max(state.read, sequence);
  if (state.read >= state.log.last) rooms.setUnread(room, 0);
  else rooms.refresh();
});

hub.on("RoomLeft", ({ room, reason }) => {
  states.delete(room);
  joined.delete(room);
  rooms.remove(room);
  if (room !== current) return;
  stateOf(room).isReadOnly = true;
  showRoom(stateOf(room));
  showProblem(reason === "closed" ? "This room was closed." : "You are no longer in this room.");
});

hub.onState((state) => {
  $("status").dataset.state = state;
  $("status").textContent = STATUS[state];
  const hints = {
    offline: "You are offline. What you write is sent when you are back.",
    signedOut: "Your session has ended. Reload this page to sign in again; what you wrote is kept.",
  };
  showProblem(hints[state] ?? "");
});

/* Showing */

function showRoom(state) {
  const isFirst = !state.isShown;
  state.isShown = true;
  if (isFirst && state.read > 0 && hasUnread(state)) state.newAfter = state.read;
  const { title } = rooms.get(state.name);
  $("room-title").textContent = title;
  composer.show(state.name, state.isReadOnly);
  people.show(state.name);
  draw(state.name);
  if (isFirst) log.scrollToNew();
  showCounts();
}

const hasUnread = ({ log, read }) => log.messages.some(({ sequence, from }) => sequence > read && from && from.id !== userId);

function draw(name) {
  if (name !== current) return;
  const state = stateOf(name);
  // The messages that the server rendered stay until there are others.
  if (state.log.last === 0 && !joined.has(name) && pendingOf(name).length === 0) return;
  log.show(state, pendingOf(name));
  $("earlier").hidden = state.log.first <= 1;
  $("empty").hidden = state.log.last > 0 || pendingOf(name).length > 0;
  showLatest();
  markRead();
}

function showLatest() {
  $("latest").hidden = log.isAtEnd || !hasUnread(stateOf(current));
}

const isReading = () => document.visibilityState === "visible" && log.isAtEnd;

const markRead = gathered(async () => {
  const [name, state] = [current, stateOf(current)];
  const last = state.log.last;
  if (last <= state.read || !isReading() || !joined.has(name) || !hub.isConnected) return;
  state.marked = last;
  rooms.setUnread(name, 0);
  try {
    await hub.call("MarkRead", name, last);
    state.read = Math.max(state.read, last);
    refreshUnread();
  } catch {
    // It is marked after the next message or connection.
    state.marked = 0;
  }
});

function showCounts() {
  const others = rooms.countOthers(current);
  $("others-unread").hidden = others === 0;
  $("others-unread").textContent = formatCount(others);
  const all = others + rooms.get(current).unread;
  document.title = `${all > 0 ? `(${formatCount(all)}) ` : ""}${rooms.get(current).title} - Chat - MovieLms`;
}

function showProblem(text) {
  $("problem").textContent = text;
  $("problem").hidden = text === "";
}

/** Runs an action and shows why it failed. */
async function attempt(action) {
  try {
    await action();
  } catch (error) {
    if (hub.isConnected) showProblem(error.message);
  }
}

/* What the user does */

function send(text) {
  const state = stateOf(current);
  state.newAfter = null;
  showProblem("");
  outbox.add(current, text);
  log.scrollToEnd();
}

/** Sends a message of the outbox. After a reconnect, joins its room first. */
async function deliver({ id, room, text }) {
  if (!hub.isConnected) throw Object.assign(new Error("Not connected"), { isTemporary: true });
  try {
    accept(await hub.call("SendMessage", room, text, id));
  } catch (error) {
    if (error.code === "roomNotJoined" && !joined.has(room)) {
      await join(room);
      return deliver({ id, room, text });
    }
    error.isTemporary = error.code === undefined ? !hub.isConnected : TEMPORARY.has(error.code);
    if (error.isTemporary) setTimeout(() => outbox.flush(), RESEND_MS);
    throw error;
  }
}

function askToDelete(message) {
  const dialog = $("delete-dialog");
  $("delete-text").textContent = message.text;
  dialog.returnValue = "cancel";
  dialog.showModal();
  dialog.addEventListener(
    "close",
    () => dialog.returnValue === "delete" && attempt(async () => accept(await hub.call("DeleteMessage", message.id)) && draw(current)),
    { once: true },
  );
}

/** Shows another room without loading the page. */
async function open(name) {
  if (name === current) return;
  current = name;
  root.dataset.room = name;
  showProblem("");
  rooms.setCurrent(name);
  const state = stateOf(name);
  state.isShown = false;
  state.newAfter = null;
  log.show(state, pendingOf(name));
  showRoom(state);
  $("people-dialog").close();
  if (hub.isConnected && !joined.has(name)) await attempt(() => join(name));
}

addEventListener("click", (event) => {
  const link = event.target.closest("a[data-room]");
  if (!link || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  if (link.dataset.room === current) return;
  if (link.dataset.title) rooms.get(link.dataset.room, link.dataset.title);
  history.pushState(null, "", link.href);
  open(link.dataset.room);
  composer.focus();
});

addEventListener("popstate", () => open(decodeURIComponent(location.pathname.split("/")[2])));

let isLoadingHistory = false;
let isEarlierVisible = false;

async function loadHistory() {
  const [name, state] = [current, stateOf(current)];
  if (isLoadingHistory || !joined.has(name)) return;
  isLoadingHistory = true;
  $("log").setAttribute("aria-busy", "true");
  try {
    while (isEarlierVisible && name === current && state.log.first > 1 && hub.isConnected) {
      (await hub.call("GetHistory", name, state.log.first, PAGE)).forEach((message) => state.log.accept(message));
      draw(name);
      // The observer reports whether it is still visible.
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  } catch (error) {
    if (hub.isConnected) showProblem(error.message);
  } finally {
    isLoadingHistory = false;
    $("log").removeAttribute("aria-busy");
  }
}

new IntersectionObserver(
  ([{ isIntersecting }]) => {
    isEarlierVisible = isIntersecting;
    if (isIntersecting) loadHistory();
  },
  { root: $("log"), rootMargin: "200px 0px 0px" },
).observe($("earlier"));

log.onScroll(() => {
  showLatest();
  markRead();
});
$("latest").addEventListener("click", () => log.scrollToEnd());
$("people-button").addEventListener("click", () => $("people-dialog").showModal());

addEventListener("visibilitychange", () => {
  if (document.visibilityState !== "visible") return;
  rooms.refresh();
  draw(current);
});

for (const room of outbox.rooms) rooms.get(room);
composer.show(current, false);
people.show(current);
draw(current);
hub.open();
