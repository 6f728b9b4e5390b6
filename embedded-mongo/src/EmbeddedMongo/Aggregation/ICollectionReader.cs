using EmbeddedMongo.Bson;
using EmbeddedMongo.Query.Matching;
using MongoDB.Bson;

namespace EmbeddedMongo.Aggregation;

/// <summary>What a pipeline may ask of the database it runs in: the other collections ($lookup, $unionWith).</summary>
internal interface ICollectionReader
{
    /// <summary>
    /// The documents of <paramref name="collection"/> that match, read lazily from one snapshot.
    /// A collection that does not exist has no documents.
    /// </summary>
    /// <param name="collection">Name inside the current database.</param>
    /// <param name="filter">The filter, given to the planner.</param>
    /// <param name="needed">Top-level fields to decode; null decodes all.</param>
    IEnumerable<BsonDocument> Find(string collection, MatchExpression filter, FieldSet? needed);

    /// <summary>Whether the collection exists.</summary>
    bool Exists(string collection);

    /// <summary>
    /// Whether an equality on <paramref name="path"/> can be answered by an index (so that point look-ups beat one scan).
    /// </summary>
    bool HasIndexOn(string collection, string path);
}
