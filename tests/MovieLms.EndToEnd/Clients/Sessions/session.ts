// A first session with the client that openapi-typescript generates. The compiler checks every path, body and field.
import createClient from "openapi-fetch";
import type { paths } from "./schema.js";

const [address, email, password] = process.argv.slice(2);
const api = createClient<paths>({ baseUrl: address.replace(/\/$/, "") });

const registered = await api.POST("/api/auth/register", { body: { username: "A generated client", email, password } });
if (!registered.data) throw new Error(JSON.stringify(registered.error));

const signedIn = await api.POST("/api/auth/login", { body: { email, password } });
if (signedIn.data?.status !== "signedIn") throw new Error(JSON.stringify(signedIn));
const token = signedIn.data.accessToken;
api.use({ onRequest: ({ request }) => { request.headers.set("Authorization", `Bearer ${token}`); return request; } });

const me = await api.GET("/api/auth/me");
const movies = await api.GET("/api/movies", { params: { query: { limit: 5 } } });
if (!me.data || !movies.data) throw new Error(JSON.stringify([me.error, movies.error]));
console.log(`signed in as a ${me.data.role}; ${movies.data.items.length} movies`);
