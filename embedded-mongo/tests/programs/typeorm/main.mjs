import 'reflect-metadata';
import assert from 'node:assert/strict';
import { DataSource, EntitySchema } from 'typeorm';

const Movie = new EntitySchema({
  name: 'Movie',
  columns: {
    id: { type: 'string', objectId: true, primary: true },
    title: { type: String },
    year: { type: Number },
    tags: { type: 'simple-array' },
  },
  // Without `sparse`, TypeORM sends null, which MongoDB rejects.
  indices: [
    { name: 'title_unique', columns: ['title'], unique: true, sparse: false },
    { name: 'year', columns: ['year'], sparse: false },
  ],
});
const source = await new DataSource({ type: 'mongodb', url: process.argv[2], entities: [Movie], synchronize: true }).initialize();
const movies = source.getMongoRepository(Movie);
await movies.save([
  { title: 'Metropolis', year: 1927, tags: ['city'] },
  { title: 'M', year: 1931, tags: ['city', 'crime'] },
  { title: 'Fury', year: 1936, tags: ['crime'] },
]);
const found = await movies.find({ where: { year: { $gt: 1930 } }, order: { year: 'DESC' }, take: 1 });
assert.deepEqual(found.map((movie) => movie.title), ['Fury']);
found[0].year = 1937;
await movies.save(found[0]);
const [all, count] = await movies.findAndCount({ order: { year: 'ASC' } });
assert.deepEqual([count, all.map((movie) => movie.year)], [3, [1927, 1931, 1937]]);

const decades = await movies.aggregate([
  { $group: { _id: { $subtract: ['$year', { $mod: ['$year', 10] }] }, titles: { $push: '$title' } } },
  { $sort: { _id: 1 } },
]).toArray();
assert.deepEqual(decades, [{ _id: 1920, titles: ['Metropolis'] }, { _id: 1930, titles: ['M', 'Fury'] }]);
await assert.rejects(movies.insertOne({ title: 'M' }), { code: 11000 });
assert.deepEqual((await movies.collectionIndexes()).map((index) => index.name).sort(), ['_id_', 'title_unique', 'year']);
await source.destroy();
console.log('synchronized indexes, saved, found and aggregated entities, and refused a duplicate');
