import { HttpTransportType, HubConnectionBuilder, type HubConnection, LogLevel } from "@microsoft/signalr";
import type { ErrorCode, HubEvents, HubMethods } from "./generated/hub.js";

export type * from "./generated/hub.js";

/** A hub call that the server refused. */
export class HubError extends Error {
  /** A stable code; null if the server failed unexpectedly. */
  readonly code: ErrorCode | null;

  constructor(cause: Error) {
    const [, code, detail] = /HubException: (\w+): (.*)$/s.exec(cause.message) ?? [];
    super(detail ?? cause.message, { cause });
    this.name = "HubError";
    this.code = (code as ErrorCode | undefined) ?? null;
  }
}

/** A connection to the chat hub, with typed methods and events. It connects again when it is lost; then join the rooms again. */
export class Hub {
  /** The connection of the SignalR library. */
  readonly connection: HubConnection;

  constructor(connection: HubConnection) {
    this.connection = connection;
  }

  /** Handles an event. Returns a function that removes the handler. */
  on<Name extends keyof HubEvents>(name: Name, handler: (payload: HubEvents[Name]) => void): () => void {
    this.connection.on(name, handler);
    return () => this.connection.off(name, handler);
  }

  /** Calls a method of the hub. */
  async call<Name extends keyof HubMethods>(name: Name, ...args: Parameters<HubMethods[Name]>): Promise<Awaited<ReturnType<HubMethods[Name]>>> {
    try {
      return await this.connection.invoke<Awaited<ReturnType<HubMethods[Name]>>>(name, ...args);
    } catch (error) {
      throw error instanceof Error ? new HubError(error) : error;
    }
  }

  /** Calls a function after each reconnect. */
  onReconnected(handler: () => void): void {
    this.connection.onreconnected(handler);
  }

  stop(): Promise<void> {
    return this.connection.stop();
  }
}

/** The delays before attempts to connect again, in milliseconds; the last one repeats. */
const DELAYS = [0, 1_000, 2_000, 5_000, 10_000, 30_000];

/**
 * Connects to the hub.
 * @param url The address of the hub, such as `https://movies.example.org/hubs/chat`.
 * @param accessToken Returns an access token; called for each connection.
 */
export async function connectHub(url: string, accessToken: () => Promise<string>): Promise<Hub> {
  const connection = new HubConnectionBuilder()
    .withUrl(url, { accessTokenFactory: accessToken, transport: HttpTransportType.WebSockets, skipNegotiation: true })
    .withAutomaticReconnect({ nextRetryDelayInMilliseconds: ({ previousRetryCount }) => DELAYS[Math.min(previousRetryCount, DELAYS.length - 1)]! * (0.5 + Math.random() / 2) })
    .configureLogging(LogLevel.None)
    .build();
  const hub = new Hub(connection);
  await connection.start();
  return hub;
}
