"""A smoke suite of PyMongo against the server whose connection string is the first argument. Exits non-zero on the first surprise."""

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
    raise AssertionError(f"check {checks}: nothing failed")


client.drop_database("pymongo_smoke")
check(client.admin.command("ping")["ok"], 1.0)
check(client.server_info()["ok"], 1.0)

# Inserts, of every type.
films = database["films"]
now = datetime.datetime(2026, 1, 2, 3, 4, 5, 6000)
whole = {
    "_id": ObjectId(), "int": 1, "long": Int64(2**40), "double": 1.5, "decimal": Decimal128("1.10"), "text": "Amélie 🎬",
    "bytes": b"\x00\xff", "date": now, "none": None, "yes": True, "list": [1, [2]], "nested": {"a": {"b": 1}},
}
films.insert_one(whole)
check(films.find_one({"_id": whole["_id"]}), whole)
films.delete_one({"_id": whole["_id"]})
many = films.insert_many([{"_id": i, "title": f"Film {i:03}", "year": 1990 + i % 10, "tags": ["a", "b"][: i % 3]} for i in range(500)])
check(len(many.inserted_ids), 500)

# Finds and cursors.
check(films.count_documents({}), 500)
check(films.estimated_document_count(), 500)
check(len(list(films.find({}, batch_size=50))), 500)
check([f["_id"] for f in films.find({"year": 1995}).sort("_id", -1).skip(1).limit(3)], [485, 475, 465])
check(films.find_one({"_id": 7}, {"_id": 0, "title": 1}), {"title": "Film 007"})
check(sorted(films.distinct("year")), list(range(1990, 2000)))
check(films.count_documents({"title": {"$regex": "^Film 00"}}), 10)
check(films.count_documents({"tags": {"$all": ["a", "b"]}}), 166)
cursor = films.find({}, batch_size=2)
next(cursor)
cursor.close()

# Indexes.
films.create_index([("year", 1), ("title", -1)], name="by_year")
films.create_index("title", unique=True)
check(sorted(films.index_information()), ["_id_", "by_year", "title_1"])
error = fails(DuplicateKeyError, 11000, lambda: films.insert_one({"title": "Film 001"}))
check(error.details["keyPattern"], {"title": 1})
check(error.details["keyValue"], {"title": "Film 001"})
films.drop_index("title_1")

# Updates.
check(films.update_one({"_id": 1}, {"$set": {"title": "New"}, "$inc": {"year": 5}}).modified_count, 1)
check(films.update_many({"year": 1990}, {"$push": {"tags": {"$each": ["x"], "$position": 0}}}).matched_count, 50)
check(films.find_one({"_id": 10})["tags"][0], "x")
result = films.update_one({"_id": "new"}, {"$setOnInsert": {"a": 1}}, upsert=True)
check(result.upserted_id, "new")
check(films.replace_one({"_id": "new"}, {"b": 2}).modified_count, 1)
check(films.find_one({"_id": "new"}), {"_id": "new", "b": 2})
check(films.find_one_and_update({"_id": "new"}, {"$inc": {"b": 1}}, return_document=pymongo.ReturnDocument.AFTER)["b"], 3)
check(films.find_one_and_delete({"_id": "new"})["b"], 3)
check(films.find_one_and_replace({"_id": "none"}, {"c": 1}, upsert=True), None)
check(films.delete_one({"_id": "none"}).deleted_count, 1)
films.update_one({"_id": 2}, {"$set": {"cast": [{"n": 1}, {"n": 2}]}})
films.update_one({"_id": 2}, {"$set": {"cast.$[c].star": True}}, array_filters=[{"c.n": 2}])
check(films.find_one({"_id": 2})["cast"], [{"n": 1}, {"n": 2, "star": True}])
films.update_one({"_id": 2, "cast.n": 1}, {"$inc": {"cast.$.n": 10}})
check(films.find_one({"_id": 2})["cast"][0], {"n": 11})
films.update_one({"_id": 2}, [{"$set": {"double": {"$multiply": ["$year", 2]}}}])
check(films.find_one({"_id": 2})["double"], 3984)

# Errors.
fails(WriteError, 66, lambda: films.update_one({"_id": 1}, {"$set": {"_id": 2}}))
fails(WriteError, 40, lambda: films.update_one({"_id": 1}, {"$set": {"a": 1}, "$inc": {"a": 1}}))
fails(OperationFailure, 2, lambda: list(films.find({"a": {"$foo": 1}})))
fails(OperationFailure, 59, lambda: database.command("noSuchCommand"))
fails(OperationFailure, 40324, lambda: list(films.aggregate([{"$noSuchStage": {}}])))

# Bulk writes, unordered.
try:
    films.bulk_write(
        [pymongo.InsertOne({"_id": 1}), pymongo.InsertOne({"_id": "bulk"}), pymongo.DeleteOne({"_id": "bulk"}),
         pymongo.UpdateOne({"_id": 3}, {"$set": {"bulk": 1}})], ordered=False)
    raise AssertionError("the duplicate went through")
except BulkWriteError as error:
    check([e["code"] for e in error.details["writeErrors"]], [11000])
    check([e["index"] for e in error.details["writeErrors"]], [0])
    check((error.details["nInserted"], error.details["nRemoved"], error.details["nModified"]), (1, 1, 1))

# Aggregation.
rows = list(films.aggregate([
    {"$match": {"year": {"$gte": 1998}}},
    {"$group": {"_id": "$year", "n": {"$sum": 1}, "least": {"$min": "$_id"}}},
    {"$sort": SON([("_id", 1)])},
]))
check(rows, [{"_id": 1998, "n": 50, "least": 8}, {"_id": 1999, "n": 50, "least": 9}])
check(len(list(films.aggregate([{"$unwind": "$tags"}, {"$sortByCount": "$tags"}]))), 3)

# GridFS.
files = gridfs.GridFS(database)
content = bytes(range(256)) * 4096
file_id = files.put(content, filename="reel.bin", chunkSize=100_000)
check(files.get(file_id).read(), content)
check(files.find_one({"filename": "reel.bin"}).length, len(content))
files.delete(file_id)
check(files.exists(file_id), False)

# Listings and drops.
check("films" in database.list_collection_names(), True)
check("pymongo_smoke" in client.list_database_names(), True)
check(database.command("dbStats")["ok"], 1.0)
films.drop()
check("films" in database.list_collection_names(), False)
client.drop_database("pymongo_smoke")
check("pymongo_smoke" in client.list_database_names(), False)

print(f"{checks} checks passed with PyMongo {pymongo.version}")
