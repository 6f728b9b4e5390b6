/**
 * The connection to the hub: opened, reopened for as long as the page lives, and honest about its state. WebSockets without
 * negotiation, so that any node behind a load balancer will do.
 */
import { SignInError } from "./session.js";

const PAUSES_MS = [0, 1_000, 2_000, 5_000, 10_000];
const STEADY_PAUSE_MS = 15_000;

export class Connection {
  #hub;
  #onState;
  #onConnected;
  #onEnd;
  #hurry = null;
  #isWanted = false;

  /**
   * @param {() => Promise<string>} accessToken
   * @param {(state: "connecting"|"connected"|"offline", text: string) => void} onState
   * @param {() => Promise<void>} onConnected Runs after each (re)connection, before the state says "connected".
   * @param {(reason: string) => void} onEnd The session is over: there is nothing to connect with.
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
    window.addEventListener("online", () => this.#hurry?.());
  }

  get isConnected() {
    return this.#hub.state === signalR.HubConnectionState.Connected;
  }

  on(event, handler) {
    this.#hub.on(event, handler);
  }

  /** Calls a hub method. The server's refusals arrive as Errors whose message a person can read. */
  async call(method, ...args) {
    try {
      return await this.#hub.invoke(method, ...args);
    } catch (error) {
      throw new Error(String(error.message ?? error).replace(/^.*HubException: /s, ""), { cause: error });
    }
  }

  async open() {
    this.#isWanted = true;
    await this.#open(null);
  }

  async close() {
    this.#isWanted = false;
    this.#hurry?.();
    await this.#hub.stop();
  }

  async #open(reason) {
    for (let attempt = 0; this.#isWanted; attempt++) {
      const pause = PAUSES_MS[attempt] ?? STEADY_PAUSE_MS;
      if (attempt > 0 || reason) this.#onState("offline", navigator.onLine ? "Not connected. Trying again…" : "You are offline. What you write is kept.");
      else this.#onState("connecting", "Connecting…");
      await this.#wait(pause);
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
      this.#hurry = () => (clearTimeout(timer), resolve());
    });
  }
}
