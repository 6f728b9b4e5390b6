"""Smoke test of PyMongo on the server whose connection string is the first argument. Exits with non-zero on the first failure."""

import datetime
import sys

import gridfs
import pymongo
from bson import ObjectId, SON
from bson.decimal128 import Decimal128
from bson.int64 import Int64
from pymongo.errors import BulkWriteError, DuplicateKeyError, OperationFailure, WriteError

client = pymongo.MongoClient(sys.argv[1], serverSelectionTimeoutMS=5000)
database = client["pymongo_smoke"]
checks = 0


def check(actual, expected):
    global checks
    checks += 1
    if actual != expected:
        raise AssertionError(f"check {checks}: expected {expected!r}, got {actual!r}")


def fails(kind, code, action):
    global checks
    checks += 1
    try:
        action()
    except kind as error:
        if error.code != code:
            raise AssertionError(f"check {checks}: expected code {code}, got {error.code}: {error}") from error
        return error
    raise AssertionError(f"check {checks}: no error was raised")


client.drop_database("pymongo_smoke")
check(client.admin.command("ping")["ok"], 1.0)
check(client.server_info()["ok"], 1.0)

# Inserts with every type.
movies = database["movies"]
now = datetime.datetime(2026, 1, 2, 3, 4, 5, 6000)
whole = {
    "_id": ObjectId(), "int": 1, "long": Int64(2**40), "double": 1.5, "decimal": Decimal128("1.10"), "text": "Amélie 🎬",
    "bytes": b"\x00\xff", "date": now, "none": None, "yes": True, "list": [1, [2]], "nested": {"a": {"b": 1}},
}
movies.insert_one(whole)
check(movies.find_one({"_id": whole["_id"]}), whole)
movies.delete_one({"_id": whole["_id"]})
many = movies.insert_many([{"_id": i, "title": f"Movie {i:03}", "year": 1990 + i % 10, "tags": ["a", "b"][: i % 3]} for i in range(500)])
check(len(many.inserted_ids), 500)

# Finds and cursors.
check(movies.count_documents({}), 500)
check(movies.estimated_document_count(), 500)
check(len(list(movies.find({}, batch_size=50))), 500)
check([f["_id"] for f in movies.find({"year": 1995}).sort("_id", -1).skip(1).limit(3)], [485, 475, 465])
check(movies.find_one({"_id": 7}, {"_id": 0, "title": 1}), {"title": "Movie 007"})
check(sorted(movies.distinct("year")), list(range(1990, 2000)))
check(movies.count_documents({"title": {"$regex": "^Movie 00"}}), 10)
check(movies.count_documents({"tags": {"$all": ["a", "b"]}}), 166)
cursor = movies.find({}, batch_size=2)
next(cursor)
cursor.close()

# Indexes.
movies.create_index([("year", 1), ("title", -1)], name="by_year")
movies.create_index("title", unique=True)
check(sorted(movies.index_information()), ["_id_", "by_year", "title_1"])
error = fails(DuplicateKeyError, 11000, lambda: movies.insert_one({"title": "Movie 001"}))
check(error.details["keyPattern"], {"title": 1})
check(error.details["keyValue"], {"title": "Movie 001"})
movies.drop_index("title_1")

# Updates.
check(movies.update_one({"_id": 1}, {"$set": {"title": "New"}, "$inc": {"year": 5}}).modified_count, 1)
check(movies.update_many({"year": 1990}, {"$push": {"tags": {"$each": ["x"], "$position": 0}}}).matched_count, 50)
check(movies.find_one({"_id": 10})["tags"][0], "x")
result = movies.update_one({"_id": "new"}, {"$setOnInsert": {"a": 1}}, upsert=True)
check(result.upserted_id, "new")
check(movies.replace_one({"_id": "new"}, {"b": 2}).modified_count, 1)
check(movies.find_one({"_id": "new"}), {"_id": "new", "b": 2})
check(movies.find_one_and_update({"_id": "new"}, {"$inc": {"b": 1}}, return_document=pymongo.ReturnDocument.AFTER)["b"], 3)
check(movies.find_one_and_delete({"_id": "new"})["b"], 3)
check(movies.find_one_and_replace({"_id": "none"}, {"c": 1}, upsert=True), None)
check(movies.delete_one({"_id": "none"}).deleted_count, 1)
movies.update_one({"_id": 2}, {"$set": {"cast": [{"n": 1}, {"n": 2}]}})
movies.update_one({"_id": 2}, {"$set": {"cast.$[c].star": True}}, array_filters=[{"c.n": 2}])
check(movies.find_one({"_id": 2})["cast"], [{"n": 1}, {"n": 2, "star": True}])
movies.update_one({"_id": 2, "cast.n": 1}, {"$inc": {"cast.$.n": 10}})
check(movies.find_one({"_id": 2})["cast"][0], {"n": 11})
movies.update_one({"_id": 2}, [{"$set": {"double": {"$multiply": ["$year", 2]}}}])
check(movies.find_one({"_id": 2})["double"], 3984)

# Errors.
fails(WriteError, 66, lambda: movies.update_one({"_id": 1}, {"$set": {"_id": 2}}))
fails(WriteError, 40, lambda: movies.update_one({"_id": 1}, {"$set": {"a": 1}, "$inc": {"a": 1}}))
fails(OperationFailure, 2, lambda: list(movies.find({"a": {"$foo": 1}})))
fails(OperationFailure, 59, lambda: database.command("noSuchCommand"))
fails(OperationFailure, 40324, lambda: list(movies.aggregate([{"$noSuchStage": {}}])))

# Bulk writes, unordered.
try:
    movies.bulk_write(
        [pymongo.InsertOne({"_id": 1}), pymongo.InsertOne({"_id": "bulk"}), pymongo.DeleteOne({"_id": "bulk"}),
         pymongo.UpdateOne({"_id": 3}, {"$set": {"bulk": 1}})], ordered=False)
    raise AssertionError("the duplicate was not rejected")
except BulkWriteError as error:
    check([e["code"] for e in error.details["writeErrors"]], [11000])
    check([e["index"] for e in error.details["writeErrors"]], [0])
    check((error.details["nInserted"], error.details["nRemoved"], error.details["nModified"]), (1, 1, 1))

# Aggregation.
rows = list(movies.aggregate([
    {"$match": {"year": {"$gte": 1998}}},
    {"$group": {"_id": "$year", "n": {"$sum": 1}, "least": {"$min": "$_id"}}},
    {"$sort": SON([("_id", 1)])},
]))
check(rows, [{"_id": 1998, "n": 50, "least": 8}, {"_id": 1999, "n": 50, "least": 9}])
check(len(list(movies.aggregate([{"$unwind": "$tags"}, {"$sortByCount": "$tags"}]))), 3)

# GridFS.
files = gridfs.GridFS(database)
content = bytes(range(256)) * 4096
file_id = files.put(content, filename="reel.bin", chunkSize=100_000)
check(files.get(file_id).read(), content)
check(files.find_one({"filename": "reel.bin"}).length, len(content))
files.delete(file_id)
check(files.exists(file_id), False)

# Listings and drops.
check("movies" in database.list_collection_names(), True)
check("pymongo_smoke" in client.list_database_names(), True)
check(database.command("dbStats")["ok"], 1.0)
movies.drop()
check("movies" in database.list_collection_names(), False)
client.drop_database("pymongo_smoke")
check("pymongo_smoke" in client.list_database_names(), False)

print(f"{checks} checks passed with PyMongo {pymongo.version}")
