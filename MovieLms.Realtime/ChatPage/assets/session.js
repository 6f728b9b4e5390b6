/**
 * The signed-in user's session. The tokens are kept in the tab's session storage, so they are lost when the tab closes. No
 * cookie is used, so another site cannot make the browser send one.
 */
const KEY = "movielms.chat.session";
const REFRESH_BEFORE_EXPIRY_MS = 30_000;

export class SignInError extends Error {}

export class Session {
  #api;
  #tokens = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
  #refreshing = null;

  /** @param {string} api The API's base URL, or empty for the page's own origin. */
  constructor(api) {
    this.#api = api;
  }

  get isSignedIn() {
    return this.#tokens !== null;
  }

  /** The signed-in user's ID, read from the access token's claims. The server verifies the token; the page only reads it. */
  get userId() {
    return this.#claims().sub;
  }

  get userName() {
    return this.#claims().name ?? "";
  }

  /** Signs in with a password. Returns null when signed in, or a challenge when a second factor is required. */
  async signIn(email, password) {
    const tokens = await this.#post("/api/auth/login", { email, password });
    if (tokens.challenge) return tokens.challenge;
    this.#store(tokens);
    return null;
  }

  /** Completes sign-in with a second factor. */
  async verify(challenge, code) {
    this.#store(await this.#post("/api/auth/login/verify", { challenge, code }));
  }

  /** Returns an access token that does not expire soon. Concurrent callers share one refresh. */
  async accessToken() {
    if (!this.#tokens) throw new SignInError("You are signed out.");
    if (Date.now() < this.#tokens.expiresAt - REFRESH_BEFORE_EXPIRY_MS) return this.#tokens.accessToken;
    this.#refreshing ??= this.#refresh().finally(() => (this.#refreshing = null));
    await this.#refreshing;
    return this.#tokens.accessToken;
  }

  /** Calls the API with the access token. Throws an Error with a user-readable message. */
  async get(path) {
    const response = await fetch(this.#api + path, { headers: { Authorization: `Bearer ${await this.accessToken()}` } });
    if (!response.ok) throw new Error(await Session.#reason(response));
    return response.json();
  }

  async signOut() {
    const tokens = this.#tokens;
    this.#clear();
    if (!tokens) return;
    await fetch(this.#api + "/api/auth/logout", {
      method: "POST",
      headers: { "Content-Type": "application/json", Authorization: `Bearer ${tokens.accessToken}` },
      body: JSON.stringify({ refreshToken: tokens.refreshToken }),
    });
  }

  async #refresh() {
    try {
      this.#store(await this.#post("/api/auth/refresh", { refreshToken: this.#tokens.refreshToken }));
    } catch (error) {
      if (error instanceof SignInError) this.#clear();
      throw error;
    }
  }

  async #post(path, body) {
    const response = await fetch(this.#api + path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
    if (response.status === 401) throw new SignInError(path.endsWith("/refresh") ? "Your session has ended. Sign in again." : "This e-mail address and password do not match an account.");
    if (!response.ok) throw new Error(await Session.#reason(response));
    return response.json();
  }

  static async #reason(response) {
    const problem = response.headers.get("Content-Type")?.includes("json") ? await response.json() : null;
    return problem?.detail ?? problem?.title ?? `The server responded with status ${response.status}.`;
  }

  #store({ accessToken, refreshToken, expiresIn }) {
    this.#tokens = { accessToken, refreshToken, expiresAt: Date.now() + expiresIn * 1000 };
    sessionStorage.setItem(KEY, JSON.stringify(this.#tokens));
  }

  #clear() {
    this.#tokens = null;
    sessionStorage.removeItem(KEY);
  }

  #claims() {
    if (!this.#tokens) return {};
    const base64 = this.#tokens.accessToken.split(".")[1].replaceAll("-", "+").replaceAll("_", "/");
    return JSON.parse(new TextDecoder().decode(bytesOf(atob(base64))));
  }
}

function bytesOf(binary) {
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}
