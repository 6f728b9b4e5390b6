using MongoDB.Bson;
using static EmbeddedMongo.Tests.Agreement.DocumentGenerator;

namespace EmbeddedMongo.Tests.Agreement;

/// <summary>Generates updates with every operator, replacements and upserts. The result is the updated collection.</summary>
internal sealed class UpdateGenerator : ICommandGenerator
{
    private static readonly string[] Targets =
    [
        "a",
        "b",
        "c",
        "d",
        "d.x",
        "d.y",
        "d.n",
        "e",
        "e.0",
        "e.2",
        "e.$[]",
        "f",
        "f.0.x",
        "f.$[].x",
        "f.$[i].x",
        "g",
        "g.x",
        "n",
        "n.m",
    ];

    public (BsonDocument Command, bool Ordered) Next(Dice dice)
    {
        BsonDocument update;
        BsonArray? filters = null;
        var replacement = dice.Chance(0.1);
        if (replacement)
        {
            update = Document(dice, 0);
            update.Remove("_id");
        }
        else
        {
            update = [];
            for (var operators = dice.Pick(1, 1, 1, 2); operators > 0; operators--)
            {
                var target = dice.Pick(Targets);
                var (name, value) = Operator(dice);
                update[name] = new BsonDocument(target, value);
                if (target.Contains("$[i]", StringComparison.Ordinal))
                    filters = [new BsonDocument("i.x", FilterGenerator.Operators(dice))];
            }
        }

        var statement = new BsonDocument
        {
            { "q", Query(dice, update) },
            { "u", update },
            { "upsert", dice.Chance(0.2) },
        };
        if (update.ToString().Contains(".$", StringComparison.Ordinal))
            statement["upsert"] = false;

        if (!replacement && !update.Contains("$rename") && dice.Chance(0.15))
        {
            statement["q"] = FilterGenerator.Filter(dice, 1);
            statement["multi"] = true;
            statement["upsert"] = false;
        }

        if (filters is not null)
            statement.Add("arrayFilters", filters);

        return (
            new BsonDocument
            {
                { "update", "" },
                {
                    "updates",
                    new BsonArray { statement }
                },
            },
            true
        );
    }

    // Selects one document by _id, since the number of documents updated before an error is unspecified.
    // Sometimes adds a condition on an array, for the positional operator, or equalities without a match, for an upsert.
    private static BsonDocument Query(Dice dice, BsonDocument update)
    {
        var query = new BsonDocument("_id", dice.Below(8));
        if (update.Names.FirstOrDefault()?.StartsWith('$') == true && dice.Chance(0.2))
        {
            var (array, target) = dice.Pick(("e", "e.$"), ("f.x", "f.$.x"), ("f.x", "f.$"), ("f", "f.$.y"));
            query[array] = FilterGenerator.Condition(dice, 0);
            var name = update.GetElement(0).Name;
            update[name] = new BsonDocument(target, update[name].AsBsonDocument.GetElement(0).Value);
        }
        else if (dice.Chance(0.15))
        {
            query["_id"] = 1000 + dice.Below(8);
            query[dice.Pick("a", "b", "d.x", "n.m")] = dice.Chance(0.7) ? Scalar(dice) : new BsonDocument("$eq", Scalar(dice));
        }

        return query;
    }

    private static (string Name, BsonValue Value) Operator(Dice dice)
    {
        switch (dice.Below(15))
        {
            case 0 or 1:
                return ("$set", Anything(dice));
            case 2:
                return ("$unset", 1);
            case 3:
                return ("$inc", dice.Chance(0.95) ? Number(dice) : Word(dice));
            case 4:
                return ("$mul", Number(dice));
            case 5:
                return (dice.Pick("$min", "$max"), Scalar(dice));
            case 6:
                return ("$rename", dice.Pick("n", "d.n", "z", "c"));
            case 7:
                return ("$push", dice.Chance(0.4) ? Scalar(dice) : Push(dice));
            case 8:
                return ("$push", Push(dice));
            case 9:
                return ("$addToSet", dice.Chance(0.5) ? Scalar(dice) : new BsonDocument("$each", Array(dice, () => Number(dice))));
            case 10:
                return (
                    "$pull",
                    dice.Below(3) switch
                    {
                        0 => Number(dice),
                        1 => new BsonDocument("x", FilterGenerator.Condition(dice, 0)),
                        _ => FilterGenerator.Operators(dice),
                    }
                );
            case 11:
                return ("$pullAll", Array(dice, () => Number(dice)));
            case 12:
                return ("$pop", dice.Pick(1, -1));
            case 13:
                return ("$bit", new BsonDocument(dice.Pick("and", "or", "xor"), dice.Between(0, 7)));
            default:
                return ("$setOnInsert", Scalar(dice));
        }
    }

    private static BsonDocument Push(Dice dice)
    {
        var push = new BsonDocument("$each", Array(dice, () => dice.Chance(0.5) ? Number(dice) : Pair(dice)));
        if (dice.Chance(0.4))
            push.Add("$position", dice.Between(-3, 3));

        if (dice.Chance(0.4))
            push.Add("$slice", dice.Between(-3, 3));

        if (dice.Chance(0.4))
            push.Add("$sort", dice.Chance(0.5) ? dice.Pick<BsonValue>(1, -1) : new BsonDocument("x", dice.Pick(1, -1)));

        return push;
    }
}
