// Smoke test of Mongoose on the server whose connection string is the first argument.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import mongoose from 'mongoose';

const { Schema } = mongoose;
await mongoose.connect(process.argv[2], { dbName: 'mongoose_smoke', serverSelectionTimeoutMS: 5000 });
await mongoose.connection.dropDatabase();

const reviewSchema = new Schema({ user: String, stars: { type: Number, min: 1, max: 5 } }, { timestamps: true });
const movieSchema = new Schema({
  title: { type: String, required: true, unique: true },
  year: { type: Number, index: true },
  genres: [String],
  budget: Schema.Types.Decimal128,
  director: { type: Schema.Types.ObjectId, ref: 'Person' },
  reviews: [reviewSchema],
  notes: Map,
}, { timestamps: true, optimisticConcurrency: true });
movieSchema.index({ year: -1, title: 1 });
movieSchema.virtual('label').get(function () { return `${this.title} (${this.year})`; });
const Person = mongoose.model('Person', new Schema({ name: String }));
const Movie = mongoose.model('Movie', movieSchema);
await Movie.init();

// Documents: create, validate, save, populate.
const person = await Person.create({ name: 'Agnès Varda' });
const movie = await Movie.create({
  title: 'Cléo de 5 à 7', year: 1962, genres: ['drama'], director: person._id, budget: '64000.50', notes: { mood: 'anxious' },
});
await assert.rejects(Movie.create({ year: 1 }), mongoose.Error.ValidationError);
await assert.rejects(Movie.create({ title: 'Cléo de 5 à 7' }), (error) => error.code === 11000 && error.keyPattern.title === 1);
const found = await Movie.findOne({ title: /^Cléo/ }).populate('director');
assert.equal(found.director.name, 'Agnès Varda');
assert.equal(found.budget.toString(), '64000.50');
assert.equal(found.notes.get('mood'), 'anxious');
assert.equal(found.label, 'Cléo de 5 à 7 (1962)');
assert.ok(found.createdAt instanceof Date);

// Sub-documents, arrays and versions.
found.reviews.push({ user: 'ada', stars: 5 }, { user: 'bob', stars: 2 });
await found.save();
found.reviews[1].stars = 3;
found.genres.addToSet('classic');
await found.save();
const stale = await Movie.findById(movie._id);
await Movie.updateOne({ _id: movie._id }, { $inc: { __v: 1 } });
stale.year = 1963;
await assert.rejects(stale.save(), mongoose.Error.VersionError);
await Movie.updateOne({ _id: movie._id, 'reviews.user': 'bob' }, { $set: { 'reviews.$.stars': 4 } });
await Movie.updateOne({ _id: movie._id }, { $pull: { reviews: { stars: { $lt: 5 } } } });
assert.deepEqual((await Movie.findById(movie._id)).reviews.map((r) => r.user), ['ada']);

// Queries.
await Movie.insertMany(Array.from({ length: 250 }, (_, i) => ({
  title: `Movie ${i}`, year: 1900 + (i % 100), genres: i % 2 ? ['odd'] : [] })));
assert.equal(await Movie.countDocuments({ year: { $gte: 1950 } }), 101);
assert.deepEqual(
  (await Movie.find({ genres: 'odd' }).sort({ year: -1, title: 1 }).limit(2).select('title -_id').lean()),
  [{ title: 'Movie 199' }, { title: 'Movie 99' }]);
assert.equal((await Movie.distinct('year')).length, 100);
let streamed = 0;
for await (const _ of Movie.find().cursor({ batchSize: 20 })) streamed++;
assert.equal(streamed, 251);
assert.equal(await Movie.exists({ title: 'No such movie' }), null);

// Atomic operations.
const upserted = await Movie.findOneAndUpdate(
  { title: 'New' }, { $set: { year: 2000 }, $setOnInsert: { genres: ['fresh'] } }, { upsert: true, new: true });
assert.deepEqual([upserted.year, [...upserted.genres]], [2000, ['fresh']]);
const raw = await Movie.findOneAndUpdate({ title: 'New' }, { year: 2001 }, { includeResultMetadata: true });
assert.equal(raw.lastErrorObject.updatedExisting, true);
assert.equal((await Movie.findOneAndDelete({ title: 'New' })).year, 2001);
const bulk = await Movie.bulkWrite([
  { insertOne: { document: { title: 'Bulk' } } },
  { updateMany: { filter: { genres: 'odd' }, update: { $push: { genres: 'bulk' } } } },
  { deleteOne: { filter: { title: 'Bulk' } } },
]);
assert.deepEqual([bulk.insertedCount, bulk.modifiedCount, bulk.deletedCount], [1, 125, 1]);
assert.equal((await Movie.updateMany({ year: 1950 }, [{ $set: { decade: { $multiply: [{ $floor: { $divide: ['$year', 10] } }, 10] } } }],
  { strict: false, updatePipeline: true })).modifiedCount, 2);

// Aggregation with $lookup.
const [joined] = await Movie.aggregate([
  { $match: { _id: movie._id } },
  { $lookup: { from: 'people', localField: 'director', foreignField: '_id', as: 'directors' } },
  { $project: { _id: 0, names: '$directors.name' } },
]);
assert.deepEqual(joined, { names: ['Agnès Varda'] });

// GridFS through the native driver.
const bucket = new mongoose.mongo.GridFSBucket(mongoose.connection.db, { chunkSizeBytes: 50_000 });
const content = randomBytes(333_333);
const upload = bucket.openUploadStream('reel.bin');
await new Promise((resolve, reject) => Readable.from([content]).pipe(upload).on('finish', resolve).on('error', reject));
const hash = createHash('sha256');
for await (const chunk of bucket.openDownloadStream(upload.id)) hash.update(chunk);
assert.equal(hash.digest('hex'), createHash('sha256').update(content).digest('hex'));
await bucket.delete(upload.id);

// A standalone server rejects transactions.
await assert.rejects(mongoose.connection.transaction(async (session) => {
  await Movie.create([{ title: 'In a transaction' }], { session });
}), (error) => (error.originalError ?? error).code === 20);

await mongoose.connection.dropDatabase();
await mongoose.disconnect();
console.log(`passed with Mongoose ${mongoose.version}`);
