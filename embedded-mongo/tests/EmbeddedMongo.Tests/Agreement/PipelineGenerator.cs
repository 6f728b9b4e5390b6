using MongoDB.Bson;
using static EmbeddedMongo.Tests.Agreement.DocumentGenerator;

namespace EmbeddedMongo.Tests.Agreement;

/// <summary>Generates aggregate commands with up to three stages. A $sort by _id fixes the order where a stage needs one.</summary>
internal sealed class PipelineGenerator : ICommandGenerator
{
    private static readonly BsonDocument ById = new("$sort", new BsonDocument("_id", 1));

    public (BsonDocument Command, bool Ordered) Next(Dice dice)
    {
        var stages = new BsonArray();
        for (var count = dice.Between(1, 3); count > 0; count--)
        {
            if (!Add(dice, stages))
                break;
        }
        return (new BsonDocument { { "aggregate", "" }, { "pipeline", stages } }, false);
    }

    /// <summary>Adds a stage. Returns false if its documents may share an _id, so that no further stage can rely on their order.</summary>
    private static bool Add(Dice dice, BsonArray stages)
    {
        switch (dice.Below(18))
        {
            case 0 or 1:
                stages.Add(Stage("$match", FilterGenerator.Filter(dice)));
                break;
            case 2:
                stages.Add(Stage("$match", new BsonDocument("$expr", ExpressionGenerator.Flag(dice, 1))));
                break;
            case 3 or 4:
                stages.Add(ById);
                stages.Add(Stage("$group", Group(dice)));
                break;
            case 5:
                stages.Add(Stage("$sort", FindGenerator.Sort(dice)));
                stages.Add(Stage(dice.Pick("$limit", "$skip"), dice.Between(1, 5)));
                break;
            case 6:
                stages.Add(Stage("$project", Projection(dice)));
                break;
            case 7 or 8:
                stages.Add(
                    Stage(
                        dice.Pick("$addFields", "$set"),
                        new BsonDocument(dice.Pick("n", "d.n", "f.n", "a", "e"), ExpressionGenerator.Any(dice, 2))
                    )
                );
                break;
            case 9:
                stages.Add(Stage("$unset", dice.Pick("a", "d.x", "f.x", "e")));
                break;
            case 10:
                stages.Add(Stage("$unwind", Unwind(dice)));
                return false;
            case 11 or 12:
                stages.Add(Stage("$lookup", Lookup(dice)));
                break;
            case 13:
                stages.Add(
                    Stage(
                        "$replaceRoot",
                        new BsonDocument(
                            "newRoot",
                            dice.Chance(0.7)
                                ? new BsonDocument { { "_id", "$_id" }, { "k", "$" + dice.Pick(Paths) } }
                                : new BsonDocument("$mergeObjects", new BsonArray { new BsonDocument("_id", "$_id"), "$d" })
                        )
                    )
                );
                break;
            case 14:
                stages.Add(
                    Stage(
                        "$bucket",
                        new BsonDocument
                        {
                            { "groupBy", "$a" },
                            {
                                "boundaries",
                                new BsonArray { -3, 0, 4 }
                            },
                            { "default", "other" },
                        }
                    )
                );
                break;
            case 15:
                stages.Add(
                    Stage(
                        "$facet",
                        new BsonDocument
                        {
                            {
                                "one",
                                new BsonArray { ById, Stage("$project", Projection(dice)) }
                            },
                            {
                                "two",
                                new BsonArray { ById, Stage("$limit", 2) }
                            },
                        }
                    )
                );
                break;
            case 16:
                stages.Add(
                    Stage(
                        "$unionWith",
                        new BsonDocument
                        {
                            { "coll", "other" },
                            {
                                "pipeline",
                                new BsonArray { Stage("$match", FilterGenerator.Filter(dice, 1)) }
                            },
                        }
                    )
                );
                return false;
            default:
                stages.Add(Stage("$setWindowFields", Window(dice)));
                break;
        }
        return true;
    }

    private static BsonDocument Group(Dice dice)
    {
        var group = new BsonDocument(
            "_id",
            dice.Below(4) switch
            {
                0 => BsonNull.Value,
                1 => "$b",
                2 => new BsonDocument("$type", "$" + dice.Pick(Paths)),
                _ => "$" + dice.Pick(Paths),
            }
        );
        for (var i = dice.Between(1, 3); i > 0; i--)
        {
            var value = dice.Chance(0.6) ? "$" + dice.Pick(Paths) : ExpressionGenerator.Numeric(dice, 1);
            group[$"v{i}"] = new BsonDocument(dice.Pick("$sum", "$avg", "$min", "$max", "$first", "$last", "$push"), value);
        }
        return group;
    }

    private static BsonDocument Projection(Dice dice) =>
        dice.Chance(0.5)
            ? FindLike(dice)
            : new BsonDocument { { dice.Pick("a", "b", "d", "f.x"), 1 }, { "n", ExpressionGenerator.Any(dice, 2) } };

    private static BsonDocument FindLike(Dice dice)
    {
        var flag = dice.Pick(0, 1);
        var projection = new BsonDocument();
        for (var i = dice.Between(1, 2); i > 0; i--)
            projection[dice.Pick("a", "b", "c", "d.x", "e", "f.x", "g", "z")] = flag;
        return projection;
    }

    private static BsonValue Unwind(Dice dice)
    {
        var path = dice.Pick("$e", "$f", "$g", "$d", "$f.x", "$z");
        return dice.Chance(0.4)
            ? path
            : new BsonDocument
            {
                { "path", path },
                { "preserveNullAndEmptyArrays", dice.Chance(0.5) },
                { "includeArrayIndex", "at" },
            };
    }

    private static BsonDocument Lookup(Dice dice)
    {
        var pipeline = new BsonArray { ById, Stage("$project", new BsonDocument("b", 1)) };
        return dice.Below(3) switch
        {
            0 => new BsonDocument
            {
                { "from", "other" },
                { "localField", dice.Pick("a", "b", "d.x", "e", "f.x", "z") },
                { "foreignField", dice.Pick("a", "b", "d.x", "e", "_id") },
                { "pipeline", pipeline },
                { "as", "j" },
            },
            1 => new BsonDocument
            {
                { "from", "other" },
                { "let", new BsonDocument("v", "$" + dice.Pick("a", "b", "_id", "d.x", "z")) },
                {
                    "pipeline",
                    new BsonArray
                    {
                        Stage(
                            "$match",
                            new BsonDocument(
                                "$expr",
                                new BsonDocument(
                                    dice.Pick("$eq", "$eq", "$gt"),
                                    new BsonArray { "$" + dice.Pick("a", "b", "_id", "d.x", "z"), "$$v" }
                                )
                            )
                        ),
                        ById,
                        Stage("$project", new BsonDocument("a", 1)),
                    }
                },
                { "as", "j" },
            },
            _ => new BsonDocument
            {
                { "from", "other" },
                {
                    "pipeline",
                    new BsonArray { ById, Stage("$limit", 2), Stage("$project", new BsonDocument("c", 1)) }
                },
                { "as", dice.Pick("j", "d.j") },
            },
        };
    }

    private static BsonDocument Window(Dice dice) =>
        new()
        {
            { "partitionBy", dice.Pick("$b", "$z") },
            { "sortBy", new BsonDocument("_id", 1) },
            {
                "output",
                new BsonDocument
                {
                    {
                        "w",
                        new BsonDocument
                        {
                            { dice.Pick("$sum", "$avg", "$max", "$push"), "$a" },
                            {
                                "window",
                                new BsonDocument("documents", dice.Pick<BsonArray>(["unbounded", "current"], [-1, 1], [0, "unbounded"]))
                            },
                        }
                    },
                    { "r", new BsonDocument(dice.Pick("$rank", "$documentNumber"), new BsonDocument()) },
                }
            },
        };

    private static BsonDocument Stage(string name, BsonValue spec) => new(name, spec);
}
