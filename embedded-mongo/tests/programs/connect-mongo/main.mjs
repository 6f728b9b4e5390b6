import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { MongoClient } from 'mongodb';

let cookie;
async function visit(times) {
  const app = spawn('node', ['app.mjs', process.argv[2]], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const [port] = await once(app.stdout, 'data');
    let visits;
    for (let i = 0; i < times; i++) {
      const response = await fetch(`http://127.0.0.1:${String(port).trim()}/`, { headers: cookie ? { cookie } : {} });
      visits = Number(await response.text());
      cookie ??= response.headers.getSetCookie()[0].split(';')[0];
    }
    return visits;
  } finally {
    app.kill();
    await once(app, 'exit');
  }
}

assert.equal(await visit(2), 2);
assert.equal(await visit(1), 3);
const client = await MongoClient.connect(process.argv[2]);
const sessions = client.db().collection('sessions');
assert.equal(await sessions.countDocuments(), 1);
assert.ok((await sessions.indexes()).some((index) => index.key.expires === 1 && index.expireAfterSeconds === 0));
await client.close();
console.log('kept a session over a restart of the application, and created the TTL index');
