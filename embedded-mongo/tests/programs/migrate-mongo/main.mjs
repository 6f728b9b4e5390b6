import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { MongoClient } from 'mongodb';

const client = await MongoClient.connect(process.argv[2]);
const movies = client.db().collection('movies');
function migrate(command) {
  const env = { ...process.env, MIGRATE_MONGO_URL: process.argv[2] };
  const run = spawnSync('node_modules/.bin/migrate-mongo', [command], { encoding: 'utf8', env, timeout: 60_000 });
  assert.equal(run.status, 0, `${command}: ${run.stdout}${run.stderr}`);
  return run.stdout;
}

assert.equal(migrate('status').match(/PENDING/g).length, 2);
assert.equal(migrate('up').match(/MIGRATED UP/g).length, 2);
assert.doesNotMatch(migrate('status'), /PENDING/);
assert.deepEqual((await movies.find().sort({ year: 1 }).toArray()).map((movie) => movie.decade), [1920, 1930]);
assert.match(migrate('down'), /MIGRATED DOWN: .*add-decades/);
assert.equal(migrate('status').match(/PENDING/g).length, 1);
assert.equal(await movies.countDocuments({ decade: { $exists: false } }), 2);
await client.close();
console.log('applied two migrations, reverted one and showed their status');
