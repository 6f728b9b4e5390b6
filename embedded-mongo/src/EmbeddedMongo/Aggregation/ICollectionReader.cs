using EmbeddedMongo.Bson;
using EmbeddedMongo.Query.Matching;
using MongoDB.Bson;

namespace EmbeddedMongo.Aggregation;

/// <summary>A pipeline's access to other collections of its database ($lookup, $unionWith).</summary>
internal interface ICollectionReader
{
    /// <summary>
    /// Returns the documents of <paramref name="collection"/> that match <paramref name="filter"/>, read lazily from one snapshot.
    /// A collection that does not exist has no documents.
    /// </summary>
    /// <param name="collection">Name in the current database.</param>
    /// <param name="filter">Filter, passed to the planner.</param>
    /// <param name="needed">Fields to decode; null decodes all.</param>
    IEnumerable<BsonDocument> Find(string collection, MatchExpression filter, FieldSet? needed);

    /// <summary>Whether the collection exists.</summary>
    bool Exists(string collection);

    /// <summary>
    /// Whether an index supports equality on <paramref name="path"/>, so that point lookups are faster than one scan.
    /// </summary>
    bool HasIndexOn(string collection, string path);
}
