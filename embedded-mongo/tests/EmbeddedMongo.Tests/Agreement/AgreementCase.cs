using MongoDB.Bson;

namespace EmbeddedMongo.Tests.Agreement;

/// <summary>Documents and a command on the collection that contains them.</summary>
/// <param name="Documents">The documents to insert first, in this order.</param>
/// <param name="Command">A find, aggregate, update, count or distinct. The runner sets the collection name.</param>
/// <param name="Ordered">Whether the manual guarantees the order of the result.</param>
internal sealed record AgreementCase(BsonArray Documents, BsonDocument Command, bool Ordered)
{
    /// <summary>Documents of the second collection, "other", for $lookup and $unionWith.</summary>
    public BsonArray Others { get; init; } = [];

    /// <summary>Indexes on the collection. Results must not depend on them.</summary>
    public BsonArray Indexes { get; init; } = [];

    public override string ToString() =>
        $"documents: {Documents}\nothers: {Others}\nindexes: {Indexes}\ncommand: {Command}\nordered: {Ordered}";
}

/// <summary>Generates commands of one kind.</summary>
internal interface ICommandGenerator
{
    /// <summary>Returns a command without a collection name, and whether its result is ordered.</summary>
    (BsonDocument Command, bool Ordered) Next(Dice dice);
}
