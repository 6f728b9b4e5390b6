import { ProblemError } from "./problem.js";

/** A document with the entity tag of its version. */
export interface Versioned<T> {
  readonly value: T;
  /** Send it as `If-Match` to change only this version. */
  readonly etag: string;
}

/** Returns the data of a result with its entity tag. */
export async function withETag<T>(result: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<Versioned<T>> {
  const { data, error, response } = await result;
  if (!response.ok) throw new ProblemError(response, error);
  return { value: data as T, etag: response.headers.get("ETag") ?? "" };
}

/**
 * Reads a document and changes that version. If another client has changed it in the meantime (412), reads it again and repeats the change.
 */
export async function update<T, R>(
  read: () => Promise<Versioned<T>>,
  change: (current: T, etag: string) => Promise<R>,
  maxAttempts = 5,
): Promise<R> {
  for (let attempt = 1; ; attempt++) {
    const { value, etag } = await read();
    try {
      return await change(value, etag);
    } catch (error) {
      if (!(error instanceof ProblemError && error.status === 412) || attempt >= maxAttempts) throw error;
    }
  }
}
