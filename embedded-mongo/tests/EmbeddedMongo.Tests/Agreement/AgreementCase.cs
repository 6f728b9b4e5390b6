using MongoDB.Bson;

namespace EmbeddedMongo.Tests.Agreement;

/// <summary>Documents, and a command on the collection that holds them.</summary>
/// <param name="Documents">Inserted first, in this order.</param>
/// <param name="Command">A find, aggregate, update, count or distinct; its collection is named by the runner.</param>
/// <param name="Ordered">Whether the manual promises the order of the answer.</param>
internal sealed record AgreementCase(BsonArray Documents, BsonDocument Command, bool Ordered)
{
    /// <summary>Documents of a second collection, which $lookup and $unionWith read as "other".</summary>
    public BsonArray Others { get; init; } = [];

    /// <summary>Indexes on the collection: answers must not depend on them.</summary>
    public BsonArray Indexes { get; init; } = [];

    public override string ToString() =>
        $"documents: {Documents}\nothers: {Others}\nindexes: {Indexes}\ncommand: {Command}\nordered: {Ordered}";
}

/// <summary>Makes commands of one kind.</summary>
internal interface ICommandGenerator
{
    /// <summary>A command without its collection's name, and whether its answer has an order.</summary>
    (BsonDocument Command, bool Ordered) Next(Dice dice);
}
