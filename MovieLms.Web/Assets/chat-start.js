// Keeps the numbers of unread messages current in the list of rooms.

import { ChatRooms } from "./chat-rooms.js";
import { hub } from "./hub.js";

const rooms = new ChatRooms(() => {});
hub.on("MessageReceived", () => rooms.refresh());
addEventListener("visibilitychange", () => document.visibilityState === "visible" && rooms.refresh());
