import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';

const uri = process.argv[2];
function mongosh(args, input) {
  const run = spawnSync('node_modules/.bin/mongosh', [uri, '--quiet', '--norc', ...args], { input, encoding: 'utf8', timeout: 90_000 });
  assert.equal(run.status, 0, `${run.error ?? ''}${run.stdout}${run.stderr}`);
  return run.stdout;
}

const script = `
  const inserted = db.movies.insertMany([...Array(45).keys()].map(i => ({ _id: i, year: 1900 + i % 10, title: 'Movie ' + i })));
  const index = db.movies.createIndex({ year: 1, title: 1 });
  const plan = db.movies.find({ year: 1903 }).explain('executionStats');
  const stats = db.movies.stats();
  print(EJSON.stringify({
    inserted: Object.keys(inserted.insertedIds).length,
    found: db.movies.find({ year: { $gte: 1908 } }).sort({ _id: 1 }).limit(3).toArray().map(m => m._id),
    years: db.movies.aggregate([{ $group: { _id: '$year', n: { $sum: 1 } } }, { $sort: { _id: 1 } }]).toArray().slice(0, 2),
    index,
    indexes: db.movies.getIndexes().map(i => i.name),
    examined: plan.executionStats.totalDocsExamined,
    stage: plan.queryPlanner.winningPlan.inputStage.stage,
    stats: [stats.ns, stats.count, stats.nindexes, stats.size > 0, stats.indexSizes._id_ > 0],
  }));`;
assert.deepEqual(JSON.parse(mongosh(['--eval', script])), {
  inserted: 45,
  found: [8, 9, 18],
  years: [{ _id: 1900, n: 5 }, { _id: 1901, n: 5 }],
  index: 'year_1_title_1',
  indexes: ['_id_', 'year_1_title_1'],
  examined: 5,
  stage: 'IXSCAN',
  stats: ['mongosh.movies', 45, 2, true, true],
});

// The commands of the interactive shell.
const output = mongosh([], 'show dbs\nshow collections\ndb.movies.find({}, { title: 1 }).sort({ _id: 1 })\nit\nit\n');
assert.match(output, /mongosh +[\d.]+ Ki?B/);
assert.match(output, /Movie 0'[^]*Movie 19'[^]*Type "it" for more[^]*Movie 20'[^]*Movie 39'[^]*Type "it" for more[^]*Movie 44'/);
console.log('ran insert, find, aggregate, createIndex, explain, stats, show dbs and a cursor of three pages with "it"');
