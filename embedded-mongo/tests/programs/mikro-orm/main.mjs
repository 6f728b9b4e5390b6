import assert from 'node:assert/strict';
import { EntitySchema, MikroORM } from '@mikro-orm/mongodb';

const id = { _id: { type: 'ObjectId', primary: true }, id: { type: 'string', serializedPrimaryKey: true } };
const Author = new EntitySchema({
  name: 'Author',
  properties: { ...id, name: { type: 'string', unique: true }, books: { kind: '1:m', entity: 'Book', mappedBy: 'author' } },
});
const Book = new EntitySchema({
  name: 'Book',
  properties: { ...id, title: { type: 'string', index: true }, author: { kind: 'm:1', entity: 'Author' } },
});
const orm = await MikroORM.init({ clientUrl: process.argv[2], dbName: 'mikro-orm', entities: [Author, Book], ensureIndexes: true });

const em = orm.em.fork();
const ada = em.create('Author', { name: 'Ada' });
em.create('Book', { title: 'Engines', author: ada });
em.create('Book', { title: 'Numbers', author: ada });
await em.flush();

const [author] = await orm.em.fork().find('Author', { name: 'Ada' }, { populate: ['books'] });
assert.deepEqual(author.books.getItems().map((book) => book.title).sort(), ['Engines', 'Numbers']);
const changed = orm.em.fork();
const book = await changed.findOneOrFail('Book', { title: /^Eng/ }, { populate: ['author'] });
assert.equal(book.author.name, 'Ada');
book.title = 'Engine';
await changed.flush();
assert.equal(await orm.em.fork().count('Book', { title: 'Engine' }), 1);

const twice = orm.em.fork();
twice.create('Author', { name: 'Ada' });
await assert.rejects(twice.flush(), { name: 'UniqueConstraintViolationException' });
await orm.close();
console.log('persisted and populated entities, flushed a change and refused a duplicate');
