export * from "./client.js";
export * from "./problem.js";
export { type Session, type Tokens } from "./session.js";
export { type RetryOptions } from "./retry.js";
export { type Versioned } from "./versions.js";
export type * from "./generated/api.js";
