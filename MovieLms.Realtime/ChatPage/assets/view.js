/**
 * Renders the page. Text from users is inserted as text, never as HTML.
 */
const $ = (id) => document.getElementById(id);
const TIME = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const DAY = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });
const NEAR_END_PX = 80;

export function showSignIn(step, problem = "") {
  $("chat").hidden = true;
  $("sign-in").hidden = false;
  $("password-step").hidden = step === "code";
  $("code-step").hidden = step !== "code";
  for (const id of ["email", "password"]) $(id).required = step !== "code";
  $("code").required = step === "code";
  showText("sign-in-problem", problem);
  $(step === "code" ? "code" : "email").focus();
}

export function showChat(name) {
  $("sign-in").hidden = true;
  $("chat").hidden = false;
  $("me").textContent = name;
}

/** @param {"connecting"|"connected"|"offline"} state */
export function showStatus(state, text) {
  $("status").dataset.state = state;
  $("status").textContent = text;
}

export const showProblem = (text) => showText("problem", text);

export function showRooms(rooms, current, onOpen) {
  $("rooms").replaceChildren(...rooms.map((room) => {
    const button = element("button", { type: "button" }, element("span", {}, room.title));
    if (room.key === current) button.setAttribute("aria-current", "true");
    if (room.unread > 0) button.append(element("span", { className: "unread", ariaLabel: `${room.unread} unread` }, String(room.unread)));
    button.addEventListener("click", () => onOpen(room.key));
    return element("li", {}, button);
  }));
}

export function toggleRooms(isShown) {
  $("chat").classList.toggle("shows-rooms", isShown);
  $("show-rooms").setAttribute("aria-expanded", String(isShown));
}

export function showMembers(members, count, myId, onDirect) {
  $("members").replaceChildren(...members.map((member) => {
    const name = element("span", { className: "present" }, ` ${member.name}${member.id === myId ? " (you)" : ""}`);
    if (member.id === myId) return element("li", {}, element("button", { type: "button", disabled: true }, name));
    const button = element("button", { type: "button", title: `Write to ${member.name}` }, name);
    button.addEventListener("click", () => onDirect(member));
    return element("li", {}, button);
  }));
  if (count > members.length) $("members").prepend(element("li", { className: "count" }, `${count.toLocaleString()} present, among them:`));
}

export function showTyping(names) {
  $("typing").textContent = names.length === 0 ? "" : names.length === 1 ? `${names[0]} is writing…` : `${names.slice(0, 3).join(", ")} are writing…`;
}

export function showRoomHead(title, isReadOnly) {
  $("room-title").textContent = title;
  document.title = `${title} · MovieLms chat`;
  $("text").disabled = isReadOnly;
  $("text").placeholder = isReadOnly ? "This room is archived and read-only" : "Write a message";
}

/** Draws a room. A view scrolled to the end stays at the end; otherwise its position is kept. */
export function showLog(log, myId, actions) {
  const area = $("log");
  const fromEnd = area.scrollHeight - area.scrollTop;
  const isAtEnd = fromEnd - area.clientHeight < NEAR_END_PX;
  let day = "";
  const items = [];
  for (const message of log.messages) {
    const sent = new Date(message.sentAt);
    if (DAY.format(sent) !== day) items.push(element("li", { className: "day" }, (day = DAY.format(sent))));
    items.push(storedMessage(message, sent, myId, actions));
  }
  items.push(...log.pending.map((pending) => pendingMessage(pending, actions)));
  $("messages").replaceChildren(...items);
  $("earlier").hidden = log.first <= 1;
  area.scrollTop = isAtEnd ? area.scrollHeight : area.scrollHeight - fromEnd;
}

function storedMessage(message, sent, myId, actions) {
  const isMine = message.from?.id === myId;
  const by = element("div", { className: "by" }, element("b", {}, isMine ? "You" : message.from?.name ?? "—"), element("time", { dateTime: message.sentAt }, TIME.format(sent)));
  if (message.editedAt && !message.deleted) by.append("edited");
  if (isMine && !message.deleted) by.append(buttons(["Edit", () => actions.edit(message)], ["Delete", () => actions.remove(message)]));
  const text = element("div", { className: "text" }, message.deleted ? "This message was deleted." : message.text);
  return element("li", { className: `message${isMine ? " mine" : ""}${message.deleted ? " deleted" : ""}` }, by, text);
}

function pendingMessage(pending, actions) {
  const by = element("div", { className: "by" }, element("b", {}, "You"), pending.failure ?? "not sent yet");
  if (pending.failure) by.append(buttons(["Send again", () => actions.resend(pending)], ["Discard", () => actions.discard(pending)]));
  return element("li", { className: `message mine waiting${pending.failure ? " refused" : ""}` }, by, element("div", { className: "text" }, pending.text));
}

function buttons(...pairs) {
  return element("span", { className: "acts" }, ...pairs.map(([label, action]) => {
    const button = element("button", { type: "button" }, label);
    button.addEventListener("click", action);
    return button;
  }));
}

function showText(id, text) {
  $(id).textContent = text;
  $(id).hidden = !text;
}

function element(tag, properties, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}
