/** A whole session of a student with the package. Arguments: the address, an e-mail address, a password and the ID of a course. */
import { MovieLmsClient, ProblemError, unwrap } from "@movielms/client";
import type { ImportAccepted, Tokens } from "@movielms/client";
import type { ImportProgressEvent } from "@movielms/client/hub";

declare const process: { argv: string[]; exit(code: number): never };

const [, , address, email, password, courseId] = process.argv as [string, string, string, string, string, string];

/** What the network does to the next requests to a path. */
const disturbances: { path: string; act: (send: () => Promise<Response>) => Promise<Response> }[] = [];
const sent: string[] = [];
const stored: (Tokens | null)[] = [];
const client = new MovieLmsClient(address, {
  onTokens: (tokens) => stored.push(tokens),
  fetch: (request) => {
    const path = new URL(request.url).pathname;
    sent.push(`${request.method} ${path}`);
    const index = disturbances.findIndex((disturbance) => disturbance.path === path);
    const send = (): Promise<Response> => fetch(request);
    return index < 0 ? send() : disturbances.splice(index, 1)[0]!.act(send);
  },
});
const { api } = client;

function check(condition: boolean, expectation: string): asserts condition {
  if (condition) return;
  console.error(`Expected: ${expectation}`);
  process.exit(1);
}

const count = (request: string): number => sent.filter((entry) => entry === request).length;

// Register and sign in.
await unwrap(api.POST("/api/auth/register", { body: { username: "A client", email, password } }));
const wrong = await client.signIn({ email, password: "not-the-password" }).catch((error: unknown) => error);
check(wrong instanceof ProblemError && wrong.status === 401, "401 for a wrong password");
const signedIn = await client.signIn({ email, password });
check(signedIn.status === "signedIn" && signedIn.accessToken.length > 0, "tokens");
check((await unwrap(api.GET("/api/auth/me"))).role === "student", "a student");

// Enums, in and out, and the fields of a validation error.
const todo = await unwrap(api.POST("/api/todos", { body: { title: "Watch Metropolis", priority: "high" } }));
check(todo.priority === "high", "the priority");
const invalid = await unwrap(api.POST("/api/todos", { body: { title: "" } })).catch((error: unknown) => error);
check(invalid instanceof ProblemError && "title" in invalid.errors, "an error that names the title");

// An import with live progress, its report and its rejected rows.
const hub = await client.connectHub();
for (const unused of ["Notification", "ConnectionEnding"] as const) hub.on(unused, () => undefined);
const completed = new Promise<ImportProgressEvent>((resolve) => hub.on("ImportProgress", (progress) => progress.state === "completed" && resolve(progress)));
const rows = new Blob(["title,priority\nA,low\nB,high\nC,urgent\n"], { type: "text/csv" });
const accepted = await client.upload<ImportAccepted>("/api/todos/import", rows, "todos.csv");
const progress = await completed;
check(progress.importId === accepted.id && progress.succeeded === 2 && progress.failed === 1, "two rows stored and one rejected");
const pdf = await client.download("/api/imports/{id}/report.pdf", { path: { id: accepted.id } });
check((await pdf.text()).startsWith("%PDF"), "a PDF document");
check((await (await client.download("/api/imports/{id}/errors.csv", { path: { id: accepted.id } })).text()).includes("urgent"), "the rejected row");
await hub.call("JoinRoom", "lobby");
const refused = await hub.call("SendMessage", "course:66b2f0c1d942f64886578d87", "Hello", "s1").catch((error: unknown) => error);
check(refused instanceof Error && "code" in refused && typeof refused.code === "string", "a hub error with a code");
await hub.stop();

// A list, one item per page.
const titles: string[] = [];
for await (const item of client.items("/api/todos", { query: { limit: 1 } })) titles.push(item.title);
check([...titles].sort().join() === "A,B,Watch Metropolis", `three to-dos, not ${titles.join()}`);

// A stale version is refused. The update reads again and repeats the change.
const path = { id: todo.id };
const { etag } = await client.withETag(api.GET("/api/todos/{id}", { params: { path } }));
await unwrap(api.PATCH("/api/todos/{id}", { params: { path }, body: { done: true } }));
const stale = await unwrap(api.PATCH("/api/todos/{id}", { params: { path, header: { "If-Match": etag } }, body: { title: "Stale" } })).catch((error: unknown) => error);
check(stale instanceof ProblemError && stale.status === 412, "412 for a stale version");
let reads = 0;
const updated = await client.update(
  async () => {
    const result = await api.GET("/api/todos/{id}", { params: { path } });
    // Another client changes it between the first read and the write.
    if (++reads === 1) await unwrap(api.PATCH("/api/todos/{id}", { params: { path }, body: { priority: "low" } }));
    return result;
  },
  (current, version) => api.PATCH("/api/todos/{id}", { params: { path, header: { "If-Match": version } }, body: { title: `${current.title} again` } }),
);
check(reads === 2 && updated.title === "Watch Metropolis again" && updated.priority === "low", "both changes");

// An enrollment whose first response is lost, after an outage: the repetition returns the same enrollment.
disturbances.push(
  { path: "/api/enrollments", act: async () => new Response(null, { status: 503, headers: { "Retry-After": "0" } }) },
  { path: "/api/enrollments", act: async (send) => (await send(), Promise.reject(new TypeError("The connection was lost."))) },
);
const enrollment = await unwrap(api.POST("/api/enrollments", { body: { courseId } }));
check(enrollment.courseId === courseId && enrollment.status === "active", "an active enrollment");
check(count("POST /api/enrollments") === 3, "two repetitions");
const again = await unwrap(api.POST("/api/enrollments", { body: { courseId } })).catch((error: unknown) => error);
check(again instanceof ProblemError && again.status === 409, "a new request is a duplicate");

// Concurrent requests with a rejected token share one renewal.
client.session.tokens = { ...client.session.tokens!, accessToken: "expired" };
const users = await Promise.all(Array.from({ length: 5 }, () => unwrap(api.GET("/api/auth/me"))));
check(users.every((user) => user.email === email), "five responses");
check(count("POST /api/auth/refresh") === 1, "one renewal");

// Sign out: the tokens are gone here and on the server.
const last = client.session.tokens!;
await client.signOut();
check(stored.at(-1) === null, "no tokens");
client.session.tokens = last;
const ended = await unwrap(api.GET("/api/auth/me")).catch((error: unknown) => error);
check(ended instanceof ProblemError && ended.status === 401 && client.session.tokens === null, "the session has ended");
console.log("session complete");
