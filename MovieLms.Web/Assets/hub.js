// The page's only connection to the hub. It reconnects for as long as the page wants it, and reports its state truthfully.

import "./signalr.min.js";

const URL_OF_HUB = "/hubs/chat";
const RETRY_DELAYS_MS = [0, 500, 1_000, 2_000, 5_000, 10_000];
const SERVER_TIMEOUT_MS = 25_000;

/** An error of the hub. Its message is for people; `code` is undefined if the call may or may not have reached the hub. */
export class HubError extends Error {
  constructor(error) {
    const [, code, detail] = /HubException: (\w+): (.*)$/s.exec(error.message) ?? [];
    super(detail ?? "The server did not respond.", { cause: error });
    this.code = code;
  }
}

class Hub {
  #hub = new signalR.HubConnectionBuilder().withUrl(URL_OF_HUB).configureLogging(signalR.LogLevel.None).build();
  #state = "closed";
  #stateHandlers = [];
  #connectHandlers = [];
  #isWanted = false;
  #loop = null;
  #closed = () => {};
  #wake = () => {};

  constructor() {
    this.#hub.serverTimeoutInMilliseconds = SERVER_TIMEOUT_MS;
    this.#hub.onclose(() => this.#closed());
    // The server will close the connection: connect to another node, or with another token.
    this.#hub.on("ConnectionEnding", () => this.#hub.stop());
    // An open connection notices a lost network late. A new one shows at once whether the server can be reached.
    addEventListener("offline", () => this.#hub.stop());
    addEventListener("online", () => this.#wake());
    addEventListener("pagehide", () => this.#hub.stop());
  }

  /** "closed", "connecting", "connected", "reconnecting", "offline" or "signedOut". */
  get state() {
    return this.#state;
  }

  get isConnected() {
    return this.#hub.state === signalR.HubConnectionState.Connected;
  }

  /** Calls a handler with the state, now and whenever it changes. */
  onState(handler) {
    this.#stateHandlers.push(handler);
    handler(this.#state);
  }

  /** Runs a function after each connection, before the state becomes "connected". Another script may have connected already. */
  onConnect(handler) {
    this.#connectHandlers.push(handler);
    if (this.#state === "connected") handler();
  }

  on(event, handler) {
    this.#hub.on(event, handler);
  }

  /** Calls a hub method. */
  async call(method, ...args) {
    try {
      return await this.#hub.invoke(method, ...args);
    } catch (error) {
      throw new HubError(error);
    }
  }

  open() {
    this.#isWanted = true;
    this.#loop ??= this.#run().finally(() => (this.#loop = null));
    this.#wake();
  }

  close() {
    this.#isWanted = false;
    this.#wake();
    this.#hub.stop();
  }

  async #run() {
    let wasConnected = false;
    for (let attempt = 0; this.#isWanted; attempt++) {
      if (attempt > 0) await this.#sleep(RETRY_DELAYS_MS[attempt] ?? RETRY_DELAYS_MS.at(-1));
      if (!this.#isWanted) break;
      if (this.#state !== "offline") this.#show(wasConnected || attempt > 0 ? "reconnecting" : "connecting");
      const closed = new Promise((resolve) => (this.#closed = resolve));
      try {
        await this.#hub.start();
        for (const handler of this.#connectHandlers) await handler();
        if (!this.isConnected) throw new Error("The connection was lost.");
      } catch (error) {
        await this.#hub.stop();
        if (/Status code '401'/.test(error.message)) return this.#end("signedOut");
        this.#show(navigator.onLine ? "reconnecting" : "offline");
        continue;
      }
      wasConnected = true;
      this.#show("connected");
      await closed;
      attempt = -1;
      this.#show(navigator.onLine ? "reconnecting" : "offline");
    }
    this.#show("closed");
  }

  #end(state) {
    this.#isWanted = false;
    this.#show(state);
  }

  #show(state) {
    if (state === this.#state) return;
    this.#state = state;
    for (const handler of this.#stateHandlers) handler(state);
  }

  #sleep(milliseconds) {
    return new Promise((resolve) => {
      // Many clients lose the same server at once.
      const timer = setTimeout(resolve, milliseconds * (0.5 + Math.random()));
      this.#wake = () => (clearTimeout(timer), resolve());
    });
  }
}

export const hub = new Hub();
