using MongoDB.Bson;
using static EmbeddedMongo.Tests.Agreement.DocumentGenerator;

namespace EmbeddedMongo.Tests.Agreement;

/// <summary>Generates find commands with filter, projection, sort, skip and limit.</summary>
internal sealed class FindGenerator : ICommandGenerator
{
    public (BsonDocument Command, bool Ordered) Next(Dice dice)
    {
        var command = new BsonDocument { { "find", "" }, { "filter", FilterGenerator.Filter(dice) } };
        if (dice.Chance(0.4))
            command.Add("projection", Projection(dice));

        var ordered = dice.Chance(0.5);
        if (ordered)
        {
            command.Add("sort", Sort(dice));
            if (dice.Chance(0.3))
                command.Add("skip", dice.Below(4));

            if (dice.Chance(0.4))
                command.Add("limit", dice.Below(6));
        }

        return (command, ordered);
    }

    // The trailing _id makes the order total, so that both servers must return the same one.
    public static BsonDocument Sort(Dice dice)
    {
        var sort = new BsonDocument();
        for (var keys = dice.Pick(1, 1, 2); keys > 0; keys--)
            sort[dice.Pick("a", "b", "c", "d", "d.x", "e", "f.x", "g", "z")] = dice.Pick(1, -1);

        sort["_id"] = dice.Pick(1, -1);
        return sort;
    }

    public static BsonDocument Projection(Dice dice)
    {
        var projection = new BsonDocument();
        var include = dice.Chance(0.6);
        for (var fields = dice.Between(1, 3); fields > 0; fields--)
        {
            var path = dice.Pick("a", "b", "c", "d", "d.x", "e", "f", "f.x", "g", "g.x", "z");
            projection[path] = dice.Below(12) switch
            {
                0 => new BsonDocument("$slice", dice.Between(-3, 3)),
                1 => new BsonDocument("$slice", new BsonArray { dice.Between(-3, 3), dice.Between(1, 3) }),
                2 when !path.Contains('.', StringComparison.Ordinal) => new BsonDocument("$elemMatch", FilterGenerator.Operators(dice)),
                _ => include ? dice.Pick<BsonValue>(1, true) : dice.Pick<BsonValue>(0, false),
            };
        }

        if (dice.Chance(0.3))
            projection["_id"] = 0;

        return projection;
    }
}

/// <summary>Generates count and distinct commands.</summary>
internal sealed class CountGenerator : ICommandGenerator
{
    public (BsonDocument Command, bool Ordered) Next(Dice dice) =>
        dice.Chance(0.5)
            ? (new BsonDocument { { "count", "" }, { "query", CountFilter(dice) } }, true)
            : (
                new BsonDocument
                {
                    { "distinct", "" },
                    { "key", dice.Pick(Paths) },
                    { "query", FilterGenerator.Filter(dice, 1) },
                },
                false
            );

    // Without a condition the other server uses its statistics, which may be out of date.
    private static BsonDocument CountFilter(Dice dice) =>
        FilterGenerator.Filter(dice) is { ElementCount: > 0 } filter ? filter : new BsonDocument("_id", new BsonDocument("$gte", 0));
}
