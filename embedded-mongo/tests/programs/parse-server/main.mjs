import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { ParseServer } from 'parse-server';

const require = createRequire(import.meta.url);
const express = createRequire(require.resolve('parse-server'))('express');
const parse = new ParseServer({
  databaseURI: process.argv[2],
  appId: 'movies',
  masterKey: 'master',
  serverURL: 'http://127.0.0.1/parse',
  silent: true,
  logsFolder: null,
});
await parse.start();
const server = createServer(express().use('/parse', parse.app));
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));

async function call(method, path, body, headers = {}) {
  const response = await fetch(`http://127.0.0.1:${server.address().port}/parse${path}`, {
    method,
    headers: { 'X-Parse-Application-Id': 'movies', 'content-type': 'application/json', ...headers },
    body: body && JSON.stringify(body),
  });
  return [response.status, await response.json()];
}

const [created, user] = await call('POST', '/users', { username: 'ada', password: 'engine', email: 'ada@example.test' });
assert.equal(created, 201, JSON.stringify(user));
const [duplicate, refusal] = await call('POST', '/users', { username: 'ADA', password: 'other', email: 'Ada@example.test' });
assert.deepEqual([duplicate, refusal.code], [400, 202], JSON.stringify(refusal));
const [loggedIn, session] = await call('POST', '/login', { username: 'ada', password: 'engine' });
assert.equal(loggedIn, 200, JSON.stringify(session));

const token = { 'X-Parse-Session-Token': session.sessionToken };
const master = { 'X-Parse-Master-Key': 'master' };
for (const [title, year] of [['Metropolis', 1927], ['M', 1931]]) {
  const [status, saved] = await call('POST', '/classes/Movie', { title, year }, { ...token, ...master });
  assert.equal(status, 201, JSON.stringify(saved));
}
const where = encodeURIComponent(JSON.stringify({ year: { $gt: 1930 } }));
const [queried, found] = await call('GET', `/classes/Movie?where=${where}&count=1`, undefined, token);
assert.equal(queried, 200, JSON.stringify(found));
assert.deepEqual([found.count, found.results[0].title], [1, 'M']);
console.log('created a user, refused the name in other letters, logged in, saved and queried objects by REST');
process.exit();
