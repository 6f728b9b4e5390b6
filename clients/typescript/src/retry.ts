/** When and how often failed requests are repeated. */
export interface RetryOptions {
  /** The number of repetitions; 3 by default. */
  readonly limit?: number;
  /** The longest time to wait for the server, in seconds; 30 by default. A longer `Retry-After` is not waited for. */
  readonly maxDelaySeconds?: number;
}

const IDEMPOTENT = ["GET", "HEAD", "PUT", "DELETE"];
const KEY = "Idempotency-Key";

/** Makes a POST repeatable: the server returns the first response again for the same key. */
export function addIdempotencyKey(headers: Headers, method: string): void {
  if (method === "POST" && headers.has("Authorization") && !headers.has(KEY)) headers.set(KEY, crypto.randomUUID());
}

/**
 * Sends a request, and repeats it after 429, 503 and lost connections. After 503 or a lost connection the request may have taken effect, so it
 * is only repeated if that is harmless.
 */
export async function sendWithRetry(send: () => Promise<Response>, method: string, headers: Headers, options: RetryOptions): Promise<Response> {
  const { limit = 3, maxDelaySeconds = 30 } = options;
  const isRepeatable = IDEMPOTENT.includes(method) || headers.has(KEY);
  for (let attempt = 0; ; attempt++) {
    let response: Response;
    try {
      response = await send();
    } catch (error) {
      if (!isRepeatable || attempt >= limit || isAbort(error)) throw error;
      await delay(backoff(attempt));
      continue;
    }
    const seconds = Number(response.headers.get("Retry-After") ?? Number.NaN);
    // 409 with Retry-After: the first attempt, whose connection was lost, is still running.
    const isRunning = response.status === 409 && !Number.isNaN(seconds);
    const mayRepeat = response.status === 429 || (isRepeatable && (response.status === 503 || isRunning));
    if (!mayRepeat || attempt >= limit || seconds > maxDelaySeconds) return response;
    await response.body?.cancel();
    await delay(Number.isNaN(seconds) ? backoff(attempt) : seconds);
  }
}

const isAbort = (error: unknown): boolean => error instanceof DOMException && error.name === "AbortError";
const backoff = (attempt: number): number => 0.2 * 2 ** attempt * (1 + Math.random());
const delay = (seconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, seconds * 1000));
