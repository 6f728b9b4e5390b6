import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { Agenda } from 'agenda';
import { MongoBackend } from '@agendajs/mongo-backend';

const agenda = new Agenda({ backend: new MongoBackend({ address: process.argv[2] }), processEvery: 200 });
const runs = [];
agenda.define('remind', async (job) => runs.push(`remind ${job.attrs.data.user}`));
agenda.define('sweep', async () => runs.push('sweep'));
await agenda.start();
await agenda.schedule('in 1 second', 'remind', { user: 'ada' });
await agenda.every('1 second', 'sweep');

const sweeps = () => runs.filter((run) => run === 'sweep').length;
for (let attempt = 0; attempt < 200 && !(sweeps() >= 2 && runs.includes('remind ada')); attempt++) await delay(100);
assert.deepEqual(runs.filter((run) => run !== 'sweep'), ['remind ada']);
assert.ok(sweeps() >= 2, `sweep ran ${sweeps()} times`);
const { jobs } = await agenda.queryJobs({ name: 'sweep' });
assert.equal(jobs.length, 1);
assert.ok(jobs[0].lastFinishedAt);
await agenda.stop();
console.log('ran a scheduled job once and a repeated job at least twice');
process.exit();
