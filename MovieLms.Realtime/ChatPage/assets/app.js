/**
 * The chat page: signs in, opens rooms, sends messages, and keeps each open room complete across reconnects.
 */
import { Connection } from "./connection.js";
import { gathered } from "./gathered.js";
import { RoomLog } from "./room-log.js";
import { Session, SignInError } from "./session.js";
import * as view from "./view.js";

const LOBBY = "lobby";
const PAGE = 100;
const TYPING_SHOWN_MS = 4_000;
const TYPING_INTERVAL_MS = 2_500;

const $ = (id) => document.getElementById(id);
const settings = await (await fetch("/chat/settings.json")).json();
const session = new Session(settings.api);
const logs = new Map();
const typing = new Map();
let rooms = [];
let members = [];
let memberCount = 0;
let countChanges = 0;
let changesWhileJoining = null;
let current = LOBBY;
let isReadOnly = false;
let typingSentAt = 0;
let challenge = null;

const connection = new Connection(() => session.accessToken(), view.showStatus, enter, end);
connection.on("MessageReceived", receive);
connection.on("MessageChanged", (message) => logOf(message.room).accept(message) && draw(message.room));
connection.on("UserJoined", ({ room, user }) => room === current && (showMemberCount(0), changeMembers((known) => [...known.filter(({ id }) => id !== user.id), user])));
connection.on("UserLeft", ({ room, user }) => room === current && (showMemberCount(0), changeMembers((known) => known.filter(({ id }) => id !== user.id))));
connection.on("PresenceChanged", ({ room, members: now }) => room === current && (showMemberCount(0), changeMembers(() => now)));
connection.on("MemberCountChanged", ({ room, count }) => room === current && showMemberCount(count));
connection.on("UserTyping", ({ room, user }) => room === current && showTyping(user));
connection.on("RoomLeft", ({ room, reason }) => leave(room, reason));
connection.on("Notification", () => refreshRooms());
for (const unused of ["MessageRead", "ImportProgress", "OrderChanged"]) connection.on(unused, () => undefined);
connection.on("ConnectionEnding", ({ mayReconnect }) => mayReconnect || end("Your session has ended. Sign in again."));

/** Runs after every (re)connection: joins the current room again, fetches missed messages and sends pending ones. */
async function enter() {
  await refreshRooms();
  await attempt(() => join(current));
  for (const [room, log] of logs) for (const { clientMessageId, text } of log.pending) await send(room, clientMessageId, text);
}

async function join(room) {
  const log = logOf(room);
  const changes = (changesWhileJoining = []);
  const countChangesBefore = countChanges;
  const joined = await connection.call("JoinRoom", room);
  if (log.last > 0) await catchUp(room, log);
  joined.messages.forEach((message) => log.accept(message));
  await fill(room, log);
  if (room !== current) return;
  isReadOnly = joined.readOnly;
  // A join or leave after the server wrote its response may have arrived before the response.
  setMembers(changes.reduce((known, change) => change(known), joined.members));
  if (changesWhileJoining === changes) changesWhileJoining = null;
  if (countChanges === countChangesBefore) showMemberCount(joined.memberCount > joined.members.length ? joined.memberCount : 0);
  view.showRoomHead(titleOf(room), isReadOnly);
  draw(room);
}

/** Fetches everything after the last message held, page by page. */
async function catchUp(room, log) {
  for (let page; (page = await connection.call("GetSince", room, log.last, PAGE)).length > 0; ) page.forEach((message) => log.accept(message));
}

/** Fetches the messages missing between those held. */
async function fill(room, log) {
  for (let after; (after = log.gapAfter()) !== null; ) (await connection.call("GetSince", room, after, PAGE)).forEach((message) => log.accept(message));
}

async function receive(message) {
  const { room } = message;
  const isKnown = logs.has(room);
  const log = logOf(room);
  if (!log.accept(message)) return;
  typing.delete(message.from?.id);
  if (room !== current || document.hidden) await refreshRooms();
  if (!isKnown) return;
  draw(room);
  if (log.gapAfter() !== null) await attempt(async () => (await fill(room, log), draw(room)));
}

async function send(room, clientMessageId, text) {
  const log = logOf(room);
  log.expect(clientMessageId, text);
  draw(room);
  if (!connection.isConnected) return;
  try {
    log.accept(await sendJoined(room, text, clientMessageId));
  } catch (error) {
    // If the connection was lost, the message may or may not be stored; it is sent again after reconnecting.
    if (connection.isConnected) log.refuse(clientMessageId, error.message);
  }
  draw(room);
}

/** Sends a message. After a reconnect, joins the room first. */
async function sendJoined(room, text, clientMessageId) {
  try {
    return await connection.call("SendMessage", room, text, clientMessageId);
  } catch (error) {
    if (error.code !== "roomNotJoined") throw error;
    await connection.call("JoinRoom", room);
    return connection.call("SendMessage", room, text, clientMessageId);
  }
}

const actions = {
  resend: ({ clientMessageId, text }) => send(current, clientMessageId, text),
  discard: ({ clientMessageId }) => (logOf(current).discard(clientMessageId), draw(current)),
  remove: (message) => attempt(() => connection.call("DeleteMessage", message.id)),
  edit: (message) => {
    const text = prompt("Change the message", message.text);
    if (text !== null && text.trim() && text !== message.text) attempt(() => connection.call("EditMessage", message.id, text));
  },
};

function draw(room) {
  if (room !== current) return;
  view.showLog(logOf(room), session.userId, actions);
  const log = logOf(room);
  if (!document.hidden && log.last > 0 && log.read !== log.last && connection.isConnected) markRead();
}

async function open(room) {
  current = room;
  typing.clear();
  view.showTyping([]);
  view.showProblem("");
  view.toggleRooms(false);
  showMemberCount(0);
  setMembers([]);
  view.showRoomHead(titleOf(room), false);
  drawRooms();
  draw(room);
  if (connection.isConnected) await attempt(() => join(room));
}

async function leave(room, reason) {
  logs.delete(room);
  await refreshRooms();
  if (room !== current) return;
  await open(LOBBY);
  view.showProblem(reason === "closed" ? "The room was closed." : "You are no longer in that room.");
}

// Both run one at a time, and once more for all messages that arrive during a run.
const refreshRooms = gathered(() => attempt(async () => {
  rooms = (await session.get("/api/rooms")).items;
  drawRooms();
}));

const markRead = gathered(async () => {
  const log = logOf(current);
  if (log.read === log.last || log.last === 0) return;
  log.read = log.last;
  drawRooms();
  await attempt(() => connection.call("MarkRead", current, log.last));
});

function drawRooms() {
  const shown = rooms.map((room) => ({ key: room.name, title: titleOf(room.name), unread: room.name === current && !document.hidden ? 0 : room.unread }));
  if (!shown.some(({ key }) => key === current)) shown.push({ key: current, title: titleOf(current), unread: 0 });
  view.showRooms(shown, current, open);
}

function changeMembers(change) {
  changesWhileJoining?.push(change);
  setMembers(change(members));
}

function setMembers(now) {
  members = now;
  view.showMembers(members, memberCount, session.userId, ({ id, name }) => {
    const room = `dm:${[session.userId, id].sort().join(":")}`;
    if (!rooms.some((known) => known.name === room)) rooms.push({ name: room, title: name, unread: 0 });
    open(room);
  });
}

/** Shows how many users are in a large room, whose members are not all listed; 0 for a small room. */
function showMemberCount(count) {
  countChanges++;
  memberCount = count;
  setMembers(members);
}

function showTyping(user) {
  clearTimeout(typing.get(user.id)?.timer);
  const show = () => view.showTyping([...typing.values()].map(({ name }) => name));
  typing.set(user.id, { name: user.name, timer: setTimeout(() => (typing.delete(user.id), show()), TYPING_SHOWN_MS) });
  show();
}

const titleOf = (room) => rooms.find(({ name }) => name === room)?.title ?? (room === LOBBY ? "Lobby" : room);

function logOf(room) {
  if (!logs.has(room)) logs.set(room, new RoomLog());
  return logs.get(room);
}

/** Runs an action of the user and shows an error if it fails. */
async function attempt(action) {
  try {
    view.showProblem("");
    return await action();
  } catch (error) {
    if (error instanceof SignInError) return end(error.message);
    if (connection.isConnected) view.showProblem(error.message);
  }
}

async function end(reason) {
  await connection.close();
  await session.signOut();
  logs.clear();
  rooms = [];
  current = LOBBY;
  view.showSignIn("password", reason);
}

async function start() {
  view.showChat(session.userName);
  await connection.open();
}

$("sign-in-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    if (challenge) await session.verify(challenge, $("code").value.trim());
    else challenge = await session.signIn($("email").value, $("password").value);
    if (challenge && !session.isSignedIn) return view.showSignIn("code");
    challenge = null;
    event.target.reset();
    await start();
  } catch (error) {
    challenge = null;
    view.showSignIn("password", error.message);
  }
});

$("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = $("text").value.trim();
  if (!text || isReadOnly) return;
  $("text").value = "";
  $("text").style.height = "";
  send(current, crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`, text);
});

$("text").addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  $("composer").requestSubmit();
});

$("text").addEventListener("input", () => {
  $("text").style.height = "auto";
  $("text").style.height = `${$("text").scrollHeight + 2}px`;
  if (!connection.isConnected || Date.now() - typingSentAt < TYPING_INTERVAL_MS) return;
  typingSentAt = Date.now();
  attempt(() => connection.call("StartTyping", current));
});

$("earlier").addEventListener("click", () => attempt(async () => {
  const log = logOf(current);
  (await connection.call("GetHistory", current, log.first, PAGE)).forEach((message) => log.accept(message));
  draw(current);
}));

$("show-rooms").addEventListener("click", () => view.toggleRooms($("show-rooms").getAttribute("aria-expanded") !== "true"));
$("sign-out").addEventListener("click", () => end(""));
document.addEventListener("visibilitychange", () => document.hidden || draw(current));

if (session.isSignedIn) await start();
else view.showSignIn("password");
