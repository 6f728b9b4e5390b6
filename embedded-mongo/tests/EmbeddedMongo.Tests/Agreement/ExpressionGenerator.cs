using MongoDB.Bson;
using static EmbeddedMongo.Tests.Agreement.DocumentGenerator;

namespace EmbeddedMongo.Tests.Agreement;

/// <summary>
/// Generates aggregation expressions by the kind of their value, so that most of them are valid. Some operands are of any kind, so that
/// errors are compared too.
/// </summary>
internal static class ExpressionGenerator
{
    private static readonly string[] Units = ["year", "quarter", "month", "week", "day", "hour", "minute", "second", "millisecond"];
    private static readonly string[] Zones = ["UTC", "Europe/Zurich", "America/New_York", "+05:30", "-03:00"];

    public static BsonValue Any(Dice dice, int depth) =>
        dice.Below(8) switch
        {
            0 or 1 => Numeric(dice, depth),
            2 => Text(dice, depth),
            3 => Flag(dice, depth),
            4 => List(dice, depth),
            5 => dice.Chance(0.5) ? Date(dice, depth) : Object(dice, depth),
            6 => "$" + dice.Pick(Paths),
            _ => Literal(Anything(dice)),
        };

    public static BsonValue Numeric(Dice dice, int depth)
    {
        if (depth <= 0 || dice.Chance(0.2))
            return dice.Chance(0.6) ? dice.Pick<BsonValue>("$a", "$d.x", "$a") : Number(dice);
        depth--;
        return dice.Below(17) switch
        {
            0 => Call("$add", Several(dice, () => Numeric(dice, depth))),
            1 => Call("$multiply", Several(dice, () => Numeric(dice, depth))),
            2 => Call("$subtract", [Stray(dice, depth, Numeric), Numeric(dice, depth)]),
            3 => Call("$divide", [Numeric(dice, depth), Stray(dice, depth, Numeric)]),
            4 => Call("$mod", [Numeric(dice, depth), Number(dice)]),
            5 => Call(dice.Pick("$abs", "$ceil", "$floor"), Stray(dice, depth, Numeric)),
            6 => Call("$round", [Numeric(dice, depth), dice.Between(-1, 1)]),
            7 => Call("$trunc", [Numeric(dice, depth), 0]),
            8 => Call("$size", Stray(dice, depth, List)),
            9 => Call(dice.Pick("$strLenCP", "$strLenBytes"), Stray(dice, depth, Text)),
            10 => Call("$cmp", [Any(dice, depth), Any(dice, depth)]),
            11 => Call("$indexOfCP", [Text(dice, depth), dice.Pick(["a", "b", "é"])]),
            12 => Call("$indexOfArray", [List(dice, depth), Number(dice)]),
            13 => Call(
                dice.Pick(
                    "$year",
                    "$month",
                    "$dayOfMonth",
                    "$hour",
                    "$minute",
                    "$dayOfWeek",
                    "$dayOfYear",
                    "$isoWeek",
                    "$isoDayOfWeek",
                    "$week"
                ),
                Stray(dice, depth, Date)
            ),
            14 => Call(dice.Pick("$sum", "$avg", "$max", "$min"), List(dice, depth)),
            15 => Reduce(dice, depth),
            _ => Call("$cond", [Flag(dice, depth), Numeric(dice, depth), Numeric(dice, depth)]),
        };
    }

    public static BsonValue Text(Dice dice, int depth)
    {
        if (depth <= 0 || dice.Chance(0.2))
            return dice.Chance(0.6) ? "$b" : Word(dice);
        depth--;
        return dice.Below(11) switch
        {
            0 => Call("$concat", [Text(dice, depth), Stray(dice, depth, Text)]),
            1 => Call(dice.Pick("$toUpper", "$toLower"), Text(dice, depth)),
            2 => Call("$substrCP", [Text(dice, depth), dice.Below(4), dice.Below(4)]),
            3 => Call(
                dice.Pick("$trim", "$ltrim", "$rtrim"),
                new BsonDocument { { "input", Text(dice, depth) }, { "chars", dice.Pick("a", " ", "ab") } }
            ),
            4 => Call(
                dice.Pick("$replaceOne", "$replaceAll"),
                new BsonDocument
                {
                    { "input", Stray(dice, depth, Text) },
                    { "find", dice.Pick("a", "b", "é") },
                    { "replacement", "-" },
                }
            ),
            5 => Call("$type", Any(dice, depth)),
            6 => Call("$toString", dice.Pick<BsonValue>("$_id", "$b", true)),
            7 => Call(
                "$dateToString",
                new BsonDocument
                {
                    { "date", Date(dice, depth) },
                    { "format", dice.Pick("%Y-%m-%d", "%H:%M:%S.%L", "%G-W%V-%u", "%j %w %U %%") },
                    { "timezone", dice.Pick(Zones) },
                }
            ),
            8 => Call("$ifNull", [Text(dice, depth), "none"]),
            9 => Call(
                "$switch",
                new BsonDocument
                {
                    {
                        "branches",
                        new BsonArray
                        {
                            new BsonDocument { { "case", Flag(dice, depth) }, { "then", Text(dice, depth) } },
                        }
                    },
                    { "default", "other" },
                }
            ),
            _ => Call("$arrayElemAt", [Call("$split", [Text(dice, depth), dice.Pick("a", " ", "b")]), dice.Between(-2, 2)]),
        };
    }

    public static BsonValue Flag(Dice dice, int depth)
    {
        if (depth <= 0)
            return Call(dice.Pick("$eq", "$ne", "$gt", "$gte", "$lt", "$lte"), ["$" + dice.Pick(Paths), Literal(Scalar(dice))]);
        depth--;
        return dice.Below(9) switch
        {
            0 => Call(dice.Pick("$and", "$or"), Several(dice, () => Flag(dice, depth))),
            1 => Call("$not", [Any(dice, depth)]),
            2 => Call("$in", [Any(dice, depth), Stray(dice, depth, List)]),
            3 => Call(dice.Pick("$isArray", "$isNumber"), [Any(dice, depth)]),
            4 => Call(
                "$regexMatch",
                new BsonDocument
                {
                    { "input", Stray(dice, depth, Text) },
                    { "regex", dice.Pick("a", "^b", "[a-c]+$", "B") },
                    { "options", dice.Pick("", "i") },
                }
            ),
            5 => Call("$setIsSubset", [List(dice, depth), List(dice, depth)]),
            6 => Call(dice.Pick("$allElementsTrue", "$anyElementTrue"), [List(dice, depth)]),
            7 => Call("$toBool", Any(dice, depth)),
            _ => Call(dice.Pick("$eq", "$ne", "$gt", "$gte", "$lt", "$lte"), [Any(dice, depth), Any(dice, depth)]),
        };
    }

    public static BsonValue List(Dice dice, int depth)
    {
        if (depth <= 0 || dice.Chance(0.25))
            return dice.Chance(0.7) ? dice.Pick<BsonValue>("$e", "$e", "$f", "$f.x") : Array(dice, () => Number(dice));
        depth--;
        return dice.Below(10) switch
        {
            0 => Call("$concatArrays", [List(dice, depth), Stray(dice, depth, List)]),
            1 => Call("$slice", [List(dice, depth), dice.Between(-2, 2)]),
            2 => Call("$reverseArray", Stray(dice, depth, List)),
            3 => Call(
                "$map",
                new BsonDocument
                {
                    { "input", List(dice, depth) },
                    { "as", "it" },
                    {
                        "in",
                        dice.Chance(0.5)
                            ? Call("$type", "$$it")
                            : new BsonArray { "$$it", "$_id" }
                    },
                }
            ),
            4 => Call(
                "$filter",
                new BsonDocument
                {
                    { "input", Stray(dice, depth, List) },
                    { "cond", Call(dice.Pick("$gt", "$lt", "$eq"), ["$$this", Number(dice)]) },
                }
            ),
            5 => Call("$range", [dice.Between(-2, 2), dice.Between(-2, 6), dice.Pick(1, 2, -1)]),
            6 => Call("$sortArray", new BsonDocument { { "input", dice.Pick("$e", "$f.x") }, { "sortBy", dice.Pick(1, -1) } }),
            7 => Call(dice.Pick("$firstN", "$lastN"), new BsonDocument { { "n", dice.Between(1, 2) }, { "input", List(dice, depth) } }),
            8 => Call(
                "$zip",
                new BsonDocument
                {
                    {
                        "inputs",
                        new BsonArray { List(dice, depth), List(dice, depth) }
                    },
                    { "useLongestLength", dice.Chance(0.5) },
                }
            ),
            _ => Call("$objectToArray", Object(dice, depth)),
        };
    }

    public static BsonValue Object(Dice dice, int depth)
    {
        if (depth <= 0 || dice.Chance(0.4))
            return "$d";
        depth--;
        return dice.Below(3) switch
        {
            0 => Call("$mergeObjects", ["$d", new BsonDocument("n", Any(dice, depth))]),
            1 => new BsonDocument { { "p", Any(dice, depth) }, { "q", new BsonDocument("r", Any(dice, depth)) } },
            _ => Call(
                "$setField",
                new BsonDocument
                {
                    { "field", "x" },
                    { "input", "$d" },
                    { "value", Any(dice, depth) },
                }
            ),
        };
    }

    public static BsonValue Date(Dice dice, int depth)
    {
        if (depth <= 0 || dice.Chance(0.5))
            return new BsonDateTime(1_709_250_312_345L + dice.Between(-400, 400) * 43_200_000L);
        depth--;
        return dice.Below(3) switch
        {
            0 => Call(
                dice.Pick("$dateAdd", "$dateSubtract"),
                new BsonDocument
                {
                    { "startDate", Date(dice, depth) },
                    { "unit", dice.Pick(Units) },
                    { "amount", dice.Between(-20, 20) },
                    { "timezone", dice.Pick(Zones) },
                }
            ),
            1 => Call(
                "$dateTrunc",
                new BsonDocument
                {
                    { "date", Date(dice, depth) },
                    { "unit", dice.Pick("year", "quarter", "week", "hour", "minute") },
                    { "startOfWeek", "monday" },
                }
            ),
            _ => Call(
                "$dateFromParts",
                new BsonDocument
                {
                    { "year", dice.Between(1990, 2030) },
                    { "month", dice.Between(-3, 15) },
                    { "day", dice.Between(-5, 40) },
                    { "timezone", dice.Pick(Zones) },
                }
            ),
        };
    }

    private static BsonDocument Reduce(Dice dice, int depth) =>
        Call(
            "$reduce",
            new BsonDocument
            {
                { "input", List(dice, depth) },
                { "initialValue", 0 },
                { "in", Call("$cond", [Call("$isNumber", ["$$this"]), Call("$add", ["$$value", "$$this"]), "$$value"]) },
            }
        );

    /// <summary>Returns an expression of the given kind, or rarely of any kind.</summary>
    private static BsonValue Stray(Dice dice, int depth, Func<Dice, int, BsonValue> kind) =>
        dice.Chance(0.06) ? Any(dice, depth) : kind(dice, depth);

    private static BsonArray Several(Dice dice, Func<BsonValue> item)
    {
        var items = new BsonArray { item() };
        for (var more = dice.Below(3); more > 0; more--)
            items.Add(item());
        return items;
    }

    private static BsonDocument Call(string name, BsonValue argument) => new(name, argument);

    private static BsonDocument Call(string name, BsonArray arguments) => new(name, arguments);

    private static BsonDocument Literal(BsonValue value) => new("$literal", value);
}

/// <summary>Generates an aggregate with one $project, or one $match with $expr, of generated expressions.</summary>
internal sealed class ExpressionCommandGenerator : ICommandGenerator
{
    public (BsonDocument Command, bool Ordered) Next(Dice dice)
    {
        BsonDocument stage = dice.Chance(0.15)
            ? new("$match", new BsonDocument("$expr", ExpressionGenerator.Flag(dice, 2)))
            : new("$project", new BsonDocument("r", ExpressionGenerator.Any(dice, 3)));
        return (
            new BsonDocument
            {
                { "aggregate", "" },
                {
                    "pipeline",
                    new BsonArray { new BsonDocument("$sort", new BsonDocument("_id", 1)), stage }
                },
            },
            true
        );
    }
}
