/**
 * Who is signed in. The tokens live in the tab's session storage: they end with the tab, and no cookie is sent that another
 * site could make the browser send.
 */
const KEY = "movielms.chat.session";
const EARLY_MS = 30_000;

export class SignInError extends Error {}

export class Session {
  #api;
  #tokens = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
  #refreshing = null;

  /** @param {string} api The API's address, empty for the page's own. */
  constructor(api) {
    this.#api = api;
  }

  get isSignedIn() {
    return this.#tokens !== null;
  }

  /** The signed-in user's id, from the access token's claims (the server checks them; the page only reads). */
  get userId() {
    return this.#claims().sub;
  }

  get userName() {
    return this.#claims().name ?? "";
  }

  /** First step. Returns null when signed in, or the challenge that asks for a code. */
  async signIn(email, password) {
    const answer = await this.#post("/api/auth/login", { email, password });
    if (answer.challenge) return answer.challenge;
    this.#keep(answer);
    return null;
  }

  /** Second step, for those who have one. */
  async verify(challenge, code) {
    this.#keep(await this.#post("/api/auth/login/verify", { challenge, code }));
  }

  /** An access token that is good for a while; several callers at once cause one refresh. */
  async accessToken() {
    if (!this.#tokens) throw new SignInError("You are signed out.");
    if (Date.now() < this.#tokens.expiresAt - EARLY_MS) return this.#tokens.accessToken;
    this.#refreshing ??= this.#refresh().finally(() => (this.#refreshing = null));
    await this.#refreshing;
    return this.#tokens.accessToken;
  }

  /** Calls the API with the token. Throws an Error whose message a person can read. */
  async get(path) {
    const response = await fetch(this.#api + path, { headers: { Authorization: `Bearer ${await this.accessToken()}` } });
    if (!response.ok) throw new Error(await Session.#reason(response));
    return response.json();
  }

  async signOut() {
    const tokens = this.#tokens;
    this.#forget();
    if (!tokens) return;
    await fetch(this.#api + "/api/auth/logout", {
      method: "POST",
      headers: { "Content-Type": "application/json", Authorization: `Bearer ${tokens.accessToken}` },
      body: JSON.stringify({ refreshToken: tokens.refreshToken }),
    });
  }

  async #refresh() {
    try {
      this.#keep(await this.#post("/api/auth/refresh", { refreshToken: this.#tokens.refreshToken }));
    } catch (error) {
      if (error instanceof SignInError) this.#forget();
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
    return problem?.detail ?? problem?.title ?? `The server answered ${response.status}.`;
  }

  #keep(answer) {
    this.#tokens = { accessToken: answer.accessToken, refreshToken: answer.refreshToken, expiresAt: Date.now() + answer.expiresIn * 1000 };
    sessionStorage.setItem(KEY, JSON.stringify(this.#tokens));
  }

  #forget() {
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
