import type { HttpValidationProblemDetails } from "./generated/api.js";

/** Thrown for a response that is not successful. Its properties come from the problem details (RFC 9457) of the response. */
export class ProblemError extends Error {
  /** The status of the response. */
  readonly status: number;

  /** The problem details; empty if the response has none. */
  readonly problem: Partial<HttpValidationProblemDetails>;

  /** The response. Its body has been read. */
  readonly response: Response;

  constructor(response: Response, problem: unknown) {
    const details = (typeof problem === "object" && problem !== null ? problem : {}) as Partial<HttpValidationProblemDetails>;
    super(`${response.status} ${details.detail ?? details.title ?? response.statusText}`);
    this.name = "ProblemError";
    this.status = response.status;
    this.problem = details;
    this.response = response;
  }

  /** The messages of a validation error, by JSON field. */
  get errors(): Record<string, string[]> {
    return this.problem.errors ?? {};
  }
}

/** Returns the data of a result, or throws a `ProblemError`. */
export async function unwrap<T>(result: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  const { data, error, response } = await result;
  if (!response.ok) throw new ProblemError(response, error);
  return data as T;
}
