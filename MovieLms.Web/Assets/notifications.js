// The numbers of unread notifications and messages in the header, and new ones as they arrive. Every page of a visitor who is signed
// in loads this; a page works without it.

import { showLocalTimes } from "./console.js";
import { gathered } from "./gathered.js";
import { hub } from "./hub.js";

const TOAST_MS = 10_000;
const MAX_TOASTS = 3;
const HIDDEN_MS = 60_000;
const MAX_TEXT = 140;

const bell = document.getElementById("bell");
const chatLink = document.querySelector('.site-nav a[href="/chat"]');
const isRoom = document.getElementById("chat") !== null;
const tabs = new BroadcastChannel("movielms-unread");
const toasts = document.createElement("div");
toasts.className = "toasts";
toasts.setAttribute("aria-live", "polite");
document.body.append(toasts);

/** Reads the numbers again. The visitor's other tabs show them too. */
export const refreshUnread = gathered(async () => {
  const response = await fetch("/api/unread").catch(() => null);
  if (!response?.ok) return;
  const counts = await response.json();
  showCounts(counts);
  tabs.postMessage(counts);
});

tabs.addEventListener("message", ({ data }) => showCounts(data));

function showCounts({ notifications, messages }) {
  showCount(bell, notifications, "unread");
  showCount(chatLink, messages, "unread messages");
}

function showCount(link, count, label) {
  if (link === null) return;
  let badge = link.querySelector(".badge");
  if (badge === null) {
    badge = document.createElement("span");
    badge.className = "badge";
    link.append(" ", badge);
  }
  badge.hidden = count === 0;
  const hint = document.createElement("span");
  hint.className = "visually-hidden";
  hint.textContent = ` ${label}`;
  badge.replaceChildren(count > 99 ? "99+" : String(count), hint);
}

hub.on("Notification", ({ id, title, text, replayed }) => {
  // It was stored before, and the number includes it.
  if (replayed) return;
  refreshUnread();
  showToast(title, text, `/notifications/${id}`);
  refreshList();
});

hub.on("MessageReceived", ({ room, from, text }) => {
  // A room shows its own messages. On other pages, only direct messages arrive.
  if (isRoom || from?.id === bell.dataset.user) return;
  refreshUnread();
  showToast(`Message from ${from?.name}`, text ?? "", `/chat/${room}`);
});

function showToast(title, text, address) {
  const toast = document.createElement("div");
  toast.className = "toast";
  const link = document.createElement("a");
  link.href = address;
  link.textContent = title;
  const shown = document.createElement("p");
  shown.textContent = text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "toast-close";
  close.setAttribute("aria-label", `Dismiss: ${title}`);
  close.textContent = "×";
  close.addEventListener("click", () => toast.remove());
  toast.append(link, close, shown);
  toasts.append(toast);
  while (toasts.children.length > MAX_TOASTS) toasts.firstChild.remove();
  const hide = () => (toast.matches(":hover, :focus-within") ? setTimeout(hide, TOAST_MS) : toast.remove());
  setTimeout(hide, TOAST_MS);
}

/** Adds the notification to the list of the page. */
const refreshList = gathered(async () => {
  const list = document.getElementById("notifications");
  if (list === null || list.contains(document.activeElement)) return;
  const response = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
  if (!response?.ok) return;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const next = page.getElementById("notifications");
  if (next === null) return;
  list.replaceWith(document.adoptNode(next));
  showLocalTimes(next);
});

hub.onState((state) => (document.documentElement.dataset.hub = state));

/* A page that nobody looks at needs no connection, except a room. */

let hiding = 0;

function follow() {
  clearTimeout(hiding);
  if (document.visibilityState === "visible") {
    refreshUnread();
    hub.open();
  } else if (!isRoom) {
    hiding = setTimeout(() => hub.close(), HIDDEN_MS);
  }
}

// The server ends the connection with the session, and this page has no other.
document.querySelector('form[action="/sign-out"]')?.addEventListener("submit", () => hub.close());
addEventListener("visibilitychange", follow);
addEventListener("pageshow", (event) => event.persisted && follow());
follow();
