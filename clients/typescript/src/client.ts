import createClient, { type Client } from "openapi-fetch";
import type { LoginRequest, LoginResponse, paths, SignedIn, TokenPair } from "./generated/api.js";
import { connectHub, type Hub } from "./hub.js";
import { ProblemError, unwrap } from "./problem.js";
import { addIdempotencyKey, type RetryOptions, sendWithRetry } from "./retry.js";
import { Session, type Tokens } from "./session.js";
import { update, type Versioned, withETag } from "./versions.js";

/** The options of a client. */
export interface MovieLmsOptions {
  /** Tokens that were stored earlier. */
  readonly tokens?: Tokens | null;
  /** Called with new tokens after a sign-in and after each renewal, and with null when the session ends. */
  readonly onTokens?: (tokens: Tokens | null) => void;
  readonly retry?: RetryOptions;
  /** Sends the requests; the global `fetch` by default. */
  readonly fetch?: (request: Request) => Promise<Response>;
}

type Method = "get" | "post" | "put" | "patch" | "delete";
type Operation<P extends keyof paths, M extends Method> = paths[P] extends Record<M, infer O> ? NonNullable<O> : never;
type Params<O, K extends string> = O extends { parameters: Record<K, infer V> } ? NonNullable<V> : O extends { parameters: { [key in K]?: infer V } } ? NonNullable<V> : never;
type Body<O> = O extends { responses: { 200: { content: { "application/json": infer B } } } } ? B : never;
type PathsWith<M extends Method> = { [P in keyof paths]: Operation<P, M> extends never ? never : P }[keyof paths];

/** The paths of lists that are read page by page. */
export type PagedPath = { [P in keyof paths]: Body<Operation<P, "get">> extends { items: unknown[]; nextCursor: string | null } ? P : never }[keyof paths];

/** The items of a list. */
export type ItemOf<P extends PagedPath> = Body<Operation<P, "get">> extends { items: (infer I)[] } ? I : never;

/** The parameters of a request to a path. */
export interface PathAndQuery<P extends keyof paths, M extends Method> {
  readonly path?: Params<Operation<P, M>, "path">;
  readonly query?: Params<Operation<P, M>, "query">;
}

/** A client of a MovieLms installation. */
export class MovieLmsClient {
  /** Typed calls of all operations, such as `api.GET("/api/movies")`. They return `{ data, error, response }`. */
  readonly api: Client<paths>;

  /** The tokens of the session. */
  readonly session: Session;

  /** The address of the installation, without a slash at the end. */
  readonly address: string;

  readonly #fetch: (request: Request) => Promise<Response>;
  readonly #retry: RetryOptions;

  constructor(address: string | URL, options: MovieLmsOptions = {}) {
    this.address = address.toString().replace(/\/+$/, "");
    this.#fetch = options.fetch ?? ((request) => fetch(request));
    this.#retry = options.retry ?? {};
    this.session = new Session(options.tokens ?? null, (token) => this.#refresh(token), options.onTokens ?? (() => undefined));
    this.api = createClient<paths>({ baseUrl: this.address, fetch: (request) => this.send(request) });
  }

  /** Signs in. With a second step, `status` is `secondStepRequired`: pass its challenge and a code to `completeSignIn`. */
  async signIn(credentials: LoginRequest): Promise<LoginResponse> {
    return this.#begin(await unwrap(this.api.POST("/api/auth/login", { body: credentials })));
  }

  /** Completes a sign-in with a code of the second step. */
  async completeSignIn(challenge: string, code: string): Promise<LoginResponse> {
    return this.#begin(await unwrap(this.api.POST("/api/auth/login/verify", { body: { challenge, code } })));
  }

  /** Ends the session here and on the server. */
  async signOut(): Promise<void> {
    const tokens = this.session.tokens;
    if (tokens) await this.api.POST("/api/auth/logout", { body: { refreshToken: tokens.refreshToken } });
    this.session.tokens = null;
  }

  /** Iterates over all items of a list and requests the next page when it is needed. */
  async *items<P extends PagedPath>(path: P, parameters: PathAndQuery<P, "get"> = {}): AsyncGenerator<ItemOf<P>, void, undefined> {
    let cursor: string | null = null;
    do {
      const url = this.#url(path, { ...parameters, query: { ...parameters.query, ...(cursor === null ? {} : { cursor }) } });
      const page = (await (await this.#checked(new Request(url))).json()) as { items: ItemOf<P>[]; nextCursor: string | null };
      yield* page.items;
      cursor = page.nextCursor;
    } while (cursor !== null);
  }

  /** Downloads a file. Read the response as a stream (`body`), a `blob()` or `text()`. */
  async download<P extends PathsWith<"get">>(path: P, parameters: PathAndQuery<P, "get"> = {}): Promise<Response> {
    return this.#checked(new Request(this.#url(path, parameters)));
  }

  /** Uploads a file, and optionally other members of the form, and returns the JSON response. */
  async upload<T>(path: PathsWith<"post">, file: Blob, fileName: string, parameters: { path?: Record<string, string>; form?: Record<string, string> } = {}): Promise<T> {
    const form = new FormData();
    for (const [name, value] of Object.entries(parameters.form ?? {})) form.set(name, value);
    form.set("file", file, fileName);
    return (await (await this.#checked(new Request(this.#url(path, parameters), { method: "POST", body: form }))).json()) as T;
  }

  /** Returns a document with its entity tag, from a call of `api`. */
  withETag<T>(result: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<Versioned<T>> {
    return withETag(result);
  }

  /** Reads a document and changes that version; reads and changes it again if another client was faster. */
  update<T, R>(read: () => Promise<{ data?: T; error?: unknown; response: Response }>, change: (current: T, etag: string) => Promise<{ data?: R; error?: unknown; response: Response }>): Promise<R> {
    return update(() => withETag(read()), (current, etag) => unwrap(change(current, etag)));
  }

  /** Connects to the chat hub, with the session's tokens. */
  connectHub(): Promise<Hub> {
    return connectHub(`${this.address}/hubs/chat`, async () => (await this.session.accessToken()) ?? "");
  }

  /** Sends a request with the session's token, renews the token if it was rejected, and repeats the request if that is safe. */
  async send(request: Request): Promise<Response> {
    // A body that was sent cannot be sent again.
    const body = request.body ? await request.arrayBuffer() : null;
    const headers = new Headers(request.headers);
    const attempt = (): Promise<Response> => this.#fetch(new Request(request.url, { method: request.method, headers, body, signal: request.signal, redirect: request.redirect }));
    const token = isSignIn(request.url) ? null : await this.session.accessToken();
    if (token !== null) headers.set("Authorization", `Bearer ${token}`);
    addIdempotencyKey(headers, request.method);
    const response = await sendWithRetry(attempt, request.method, headers, this.#retry);
    if (response.status !== 401 || token === null) return response;
    await this.session.renew(token);
    const renewed = this.session.tokens?.accessToken;
    if (renewed === undefined || renewed === token) return response;
    await response.body?.cancel();
    headers.set("Authorization", `Bearer ${renewed}`);
    return sendWithRetry(attempt, request.method, headers, this.#retry);
  }

  async #checked(request: Request): Promise<Response> {
    const response = await this.send(request);
    if (!response.ok) throw new ProblemError(response, await response.json().catch(() => null));
    return response;
  }

  #begin(response: LoginResponse): LoginResponse {
    if (response.status === "signedIn") this.session.tokens = toTokens(response);
    return response;
  }

  /** Returns null if the refresh token is no longer valid. Other failures are errors, and the session remains. */
  async #refresh(refreshToken: string): Promise<Tokens | null> {
    const { data, error, response } = await this.api.POST("/api/auth/refresh", { body: { refreshToken } });
    if (data) return toTokens(data);
    if (response.status === 401) return null;
    throw new ProblemError(response, error);
  }

  #url(path: string, { path: inPath, query }: { path?: object | undefined; query?: object | undefined }): string {
    const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String((inPath as Record<string, unknown> | undefined)?.[name])));
    const url = new URL(this.address + filled);
    for (const [name, value] of Object.entries(query ?? {})) if (value !== undefined && value !== null) url.searchParams.set(name, String(value));
    return url.toString();
  }
}

/** Requests that begin or renew a session, and must not wait for its renewal. */
const isSignIn = (url: string): boolean => /\/api\/auth\/(login(\/verify)?|refresh|register|exchange)$/.test(new URL(url).pathname);

const toTokens = ({ accessToken, refreshToken, expiresIn }: SignedIn | TokenPair): Tokens => ({ accessToken, refreshToken, expiresAt: Date.now() + expiresIn * 1000 });
