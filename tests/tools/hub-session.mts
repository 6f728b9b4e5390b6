/** A session of two users, with types from the hub's AsyncAPI document. Arguments: hub, Alice's token and name, Bob's token and ID. */
import * as signalR from "@microsoft/signalr";
import type { ChatMessage, ErrorCode, HubEvents, HubMethods, NotificationEvent } from "./hub-types.mjs";

declare const process: { argv: string[]; exit(code: number): never };

const [, , url, aliceToken, aliceName, bobToken, bobId] = process.argv as [string, string, string, string, string, string, string];

class Client {
  readonly messages: ChatMessage[] = [];
  readonly notifications: NotificationEvent[] = [];
  readonly #hub: signalR.HubConnection;

  constructor(token: string) {
    this.#hub = new signalR.HubConnectionBuilder()
      .withUrl(url, { accessTokenFactory: () => token, transport: signalR.HttpTransportType.WebSockets, skipNegotiation: true })
      .configureLogging(signalR.LogLevel.None)
      .build();
    this.on("MessageReceived", (message) => this.messages.push(message));
    this.on("Notification", (notification) => this.notifications.push(notification));
    for (const unused of ["UserJoined", "UserLeft", "MessageRead", "ConnectionEnding"] as const) this.on(unused, () => undefined);
  }

  on<Name extends keyof HubEvents>(name: Name, handler: (payload: HubEvents[Name]) => void): void {
    this.#hub.on(name, handler);
  }

  call<Name extends keyof HubMethods>(name: Name, ...args: Parameters<HubMethods[Name]>): ReturnType<HubMethods[Name]> {
    return this.#hub.invoke(name, ...args) as ReturnType<HubMethods[Name]>;
  }

  start = () => this.#hub.start();
  stop = () => this.#hub.stop();
}

function check(condition: boolean, expectation: string): void {
  if (condition) return;
  console.error(`Expected: ${expectation}`);
  process.exit(1);
}

async function eventually(condition: () => boolean, expectation: string): Promise<void> {
  for (let i = 0; i < 300 && !condition(); i++) await new Promise((resolve) => setTimeout(resolve, 50));
  check(condition(), expectation);
}

async function refused(code: ErrorCode, call: Promise<unknown>): Promise<void> {
  const error = await call.then(() => null, (failure: Error) => failure);
  check(/HubException: (\w+): /.exec(error?.message ?? "")?.[1] === code, `the error ${code}, not ${error?.message}`);
}

const [alice, bob] = [new Client(aliceToken), new Client(bobToken)];
await alice.start();
await bob.start();

// Join, send, receive.
await refused("roomNotJoined", alice.call("SendMessage", "lobby", "Hello", "s1"));
await alice.call("JoinRoom", "lobby");
await bob.call("JoinRoom", "lobby");
const sent = await alice.call("SendMessage", "lobby", "Hello", "s1");
await eventually(() => bob.messages.some(({ id }) => id === sent.id), "Bob receives the message");

// Resend.
check((await alice.call("SendMessage", "lobby", "Hello", "s1")).id === sent.id, "a resend returns the same message");
await refused("clientMessageIdUsed", alice.call("SendMessage", "lobby", "Goodbye", "s1"));

// A direct message arrives without joining its room.
const direct = await alice.call("SendDirect", bobId, "For you", "s2");
await eventually(() => bob.messages.some(({ id }) => id === direct.id), "Bob receives the direct message");
check((await bob.call("JoinRoom", direct.room)).title === aliceName, "the title of the direct room is Alice's name");

// The unread notification is replayed. After it was read it is not.
check(bob.notifications.length === 1 && bob.notifications[0]!.replayed, "one replayed notification");
await bob.call("MarkNotificationRead", bob.notifications[0]!.id);

// Reconnect: join again and fetch what was missed.
await bob.stop();
const missed = await alice.call("SendMessage", "lobby", "While you were away", "s3");
await bob.start();
await bob.call("JoinRoom", "lobby");
const since = await bob.call("GetSince", "lobby", sent.sequence, 100);
check(since.map(({ id }) => id).join() === missed.id, "the missed message");
check(bob.notifications.length === 1, "no replay of a read notification");
check(bob.messages.filter(({ id }) => id === sent.id).length === 1, "a resend is not delivered again");

// Mark as read.
await bob.call("MarkRead", "lobby", missed.sequence);
check((await bob.call("JoinRoom", "lobby")).readSequence === missed.sequence, "the read mark");
await alice.stop();
await bob.stop();
console.log("session complete");
