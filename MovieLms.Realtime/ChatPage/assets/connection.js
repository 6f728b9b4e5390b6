/**
 * The connection to the hub. Reconnects for as long as the page is open, and reports its state. Uses WebSockets without
 * negotiation, so any node behind a load balancer can accept it.
 */
import { SignInError } from "./session.js";

const RETRY_DELAYS_MS = [0, 1_000, 2_000, 5_000, 10_000];
const MAX_RETRY_DELAY_MS = 15_000;

export class Connection {
  #hub;
  #onState;
  #onConnected;
  #onEnd;
  #retryNow = null;
  #isWanted = false;

  /**
   * @param {() => Promise<string>} accessToken
   * @param {(state: "connecting"|"connected"|"offline", text: string) => void} onState
   * @param {() => Promise<void>} onConnected Runs after each (re)connection, before the state becomes "connected".
   * @param {(reason: string) => void} onEnd Called when the session has ended and the page must sign in again.
   */
  constructor(accessToken, onState, onConnected, onEnd) {
    this.#onState = onState;
    this.#onConnected = onConnected;
    this.#onEnd = onEnd;
    this.#hub = new signalR.HubConnectionBuilder()
      .withUrl("/hubs/chat", { accessTokenFactory: accessToken, transport: signalR.HttpTransportType.WebSockets, skipNegotiation: true })
      .configureLogging(signalR.LogLevel.None)
      .build();
    this.#hub.serverTimeoutInMilliseconds = 30_000;
    this.#hub.keepAliveIntervalInMilliseconds = 10_000;
    this.#hub.onclose((error) => this.#isWanted && this.#open(error));
    window.addEventListener("online", () => this.#retryNow?.());
  }

  get isConnected() {
    return this.#hub.state === signalR.HubConnectionState.Connected;
  }

  on(event, handler) {
    this.#hub.on(event, handler);
  }

  /** Calls a hub method. Throws an Error with a user-readable message and the hub's `code` if the server refuses the call. */
  async call(method, ...args) {
    try {
      return await this.#hub.invoke(method, ...args);
    } catch (error) {
      const [, code, detail] = /HubException: (\w+): (.*)$/s.exec(error.message) ?? [];
      throw Object.assign(new Error(detail ?? String(error.message ?? error), { cause: error }), { code });
    }
  }

  async open() {
    this.#isWanted = true;
    await this.#open(null);
  }

  async close() {
    this.#isWanted = false;
    this.#retryNow?.();
    await this.#hub.stop();
  }

  async #open(reason) {
    for (let attempt = 0; this.#isWanted; attempt++) {
      const delay = RETRY_DELAYS_MS[attempt] ?? MAX_RETRY_DELAY_MS;
      if (attempt > 0 || reason) this.#onState("offline", navigator.onLine ? "Not connected. Trying again…" : "You are offline. Your messages will be sent later.");
      else this.#onState("connecting", "Connecting…");
      await this.#wait(delay);
      if (!this.#isWanted) return;
      try {
        await this.#hub.start();
        await this.#onConnected();
        this.#onState("connected", "Connected");
        return;
      } catch (error) {
        if (error instanceof SignInError) {
          this.#isWanted = false;
          this.#onEnd(error.message);
          return;
        }
        reason = error;
      }
    }
  }

  #wait(milliseconds) {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#retryNow = () => (clearTimeout(timer), resolve());
    });
  }
}
