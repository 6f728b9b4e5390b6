/** The tokens of a session. */
export interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
  /** When the access token expires, in milliseconds since 1970. */
  readonly expiresAt: number;
}

/** Renew an access token this long before it expires, so that it does not expire on the way. */
const MARGIN_MS = 20_000;

type Refresh = (refreshToken: string) => Promise<Tokens | null>;

/** Holds the tokens and renews them. Concurrent requests share one renewal. */
export class Session {
  #tokens: Tokens | null;
  #refreshing: Promise<void> | null = null;
  readonly #refresh: Refresh;
  readonly #changed: (tokens: Tokens | null) => void;

  constructor(tokens: Tokens | null, refresh: Refresh, changed: (tokens: Tokens | null) => void) {
    this.#tokens = tokens;
    this.#refresh = refresh;
    this.#changed = changed;
  }

  get tokens(): Tokens | null {
    return this.#tokens;
  }

  set tokens(tokens: Tokens | null) {
    this.#tokens = tokens;
    this.#changed(tokens);
  }

  /** Returns an access token that is valid for a while, or null without a session. */
  async accessToken(): Promise<string | null> {
    if (this.#tokens && this.#tokens.expiresAt - MARGIN_MS < Date.now()) await this.renew(this.#tokens.accessToken);
    return this.#tokens?.accessToken ?? null;
  }

  /** Renews the tokens, unless another request has already replaced the given access token. Ends the session if it was revoked. */
  async renew(rejected: string): Promise<void> {
    if (this.#tokens?.accessToken !== rejected) return;
    this.#refreshing ??= this.#exchange(this.#tokens).finally(() => (this.#refreshing = null));
    await this.#refreshing;
  }

  async #exchange(old: Tokens): Promise<void> {
    const renewed = await this.#refresh(old.refreshToken);
    // A sign-in or sign-out in the meantime wins.
    if (this.#tokens === old) this.tokens = renewed;
  }
}
