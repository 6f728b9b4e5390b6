import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

const port = await new Promise((resolve) => {
  const probe = createServer().listen(0, '127.0.0.1', () => {
    const { port } = probe.address();
    probe.close(() => resolve(port));
  });
});
const site = `http://127.0.0.1:${port}`;
const app = spawn('node', ['app.js'], {
  cwd: 'node_modules/mongo-express',
  env: {
    ...process.env, PORT: port, VCAP_APP_HOST: '127.0.0.1', ME_CONFIG_MONGODB_URL: process.argv[2], ME_CONFIG_MONGODB_ENABLE_ADMIN: 'true',
    ME_CONFIG_SITE_COOKIESECRET: 'cookie', ME_CONFIG_SITE_SESSIONSECRET: 'session',
    ME_CONFIG_BASICAUTH_USERNAME: 'admin', ME_CONFIG_BASICAUTH_PASSWORD: 'pass',
  },
});
let log = '';
app.stdout.on('data', (text) => log += text);
app.stderr.on('data', (text) => log += text);
process.on('exit', () => app.kill());

let cookie = '';
async function request(path, form) {
  const response = await fetch(site + path, {
    method: form ? 'POST' : 'GET',
    redirect: 'manual',
    headers: { authorization: `Basic ${btoa('admin:pass')}`, cookie },
    body: form && new URLSearchParams(form),
  });
  cookie = response.headers.getSetCookie().map((c) => c.split(';')[0]).join('; ') || cookie;
  const text = await response.text();
  assert.ok(response.status < 400, `${path}: ${response.status} ${text}\n${log}`);
  return text;
}

for (let attempt = 0; ; attempt++) {
  try {
    await fetch(`${site}/status`);
    break;
  } catch (error) {
    if (attempt === 60) throw new Error(`mongo-express did not start: ${log}`, { cause: error });
    await delay(500);
  }
}

const database = 'mongo-express';
await request('/', { database });
await request(`/db/${database}`, { collection: 'movies' });
await request(`/db/${database}/movies`, { document: '{ "_id": 7, "title": "Metropolis", "year": 1927 }' });

assert.match(await request('/'), new RegExp(`/db/${database}`));
assert.match(await request(`/db/${database}`), /movies/);
assert.match(await request(`/db/${database}/movies?key=year&value=1927&type=N`), /Metropolis/);
assert.match(await request(`/db/${database}/movies/7`), /Metropolis/);
assert.match(await request(`/db/${database}/export/movies`), /"title":"Metropolis"/);
console.log('created a database, a collection and a document on its pages, and listed, searched and exported them');
process.exit();
