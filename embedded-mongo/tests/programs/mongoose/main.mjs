import assert from 'node:assert/strict';
import mongoose from 'mongoose';

const { Schema } = mongoose;
await mongoose.connect(process.argv[2]);
const Author = mongoose.model('Author', new Schema({ name: { type: String, required: true, unique: true } }));
const Book = mongoose.model('Book', new Schema({
  title: String,
  year: Number,
  author: { type: Schema.Types.ObjectId, ref: 'Author' },
  tags: [String],
}, { timestamps: true }));
await Author.init();

const ada = await new Author({ name: 'Ada' }).save();
await assert.rejects(new Author({ name: 'Ada' }).save(), { code: 11000 });
await assert.rejects(new Author({}).save(), mongoose.Error.ValidationError);
await Book.create([
  { title: 'Engines', year: 1843, author: ada, tags: ['machines', 'notes'] },
  { title: 'Numbers', year: 1842, author: ada, tags: ['notes'] },
]);
const engines = await Book.findOne({ title: 'Engines' }).populate('author');
assert.equal(engines.author.name, 'Ada');
engines.tags.push('letters');
await engines.save();

const tags = await Book.aggregate([
  { $unwind: '$tags' },
  { $group: { _id: '$tags', books: { $sum: 1 }, first: { $min: '$year' } } },
  { $sort: { books: -1, _id: 1 } },
]);
assert.deepEqual(tags, [
  { _id: 'notes', books: 2, first: 1842 },
  { _id: 'letters', books: 1, first: 1843 },
  { _id: 'machines', books: 1, first: 1843 },
]);
const updated = await Book.findOneAndUpdate({ title: 'Numbers' }, { $inc: { year: 1 } }, { returnDocument: 'after' });
assert.equal(updated.year, 1843);
assert.ok(updated.updatedAt > updated.createdAt);
await mongoose.disconnect();
console.log('saved and populated models, refused a duplicate, aggregated, found and updated a document');
