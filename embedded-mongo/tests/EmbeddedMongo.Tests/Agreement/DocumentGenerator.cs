using MongoDB.Bson;

namespace EmbeddedMongo.Tests.Agreement;

/// <summary>
/// Generates small documents from a small vocabulary, so that conditions often match: scalars, documents, arrays, missing fields.
/// </summary>
internal static class DocumentGenerator
{
    private static readonly string[] Words = ["", "a", "ab", "abc", "B", "b c", "é", "Zürich", "10", "x.y"];

    /// <summary>Paths in these documents. Some do not exist.</summary>
    public static readonly string[] Paths =
    [
        "a",
        "b",
        "c",
        "d",
        "d.x",
        "d.y",
        "e",
        "e.0",
        "e.1",
        "f",
        "f.x",
        "f.y",
        "f.0.x",
        "g",
        "g.x",
        "z",
        "_id",
    ];

    public static BsonArray Documents(Dice dice, int count)
    {
        var documents = new BsonArray();
        for (var i = 0; i < count; i++)
        {
            documents.Add(Document(dice, i));
        }

        return documents;
    }

    public static BsonDocument Document(Dice dice, int id)
    {
        var document = new BsonDocument("_id", id);
        AddSometimes("a", 0.9, () => Number(dice));
        AddSometimes("b", 0.8, () => dice.Pick(Words));
        AddSometimes("c", 0.7, () => Scalar(dice));
        AddSometimes("d", 0.7, () => Pair(dice));
        AddSometimes("e", 0.7, () => Array(dice, () => dice.Chance(0.8) ? Number(dice) : Scalar(dice)));
        AddSometimes("f", 0.6, () => Array(dice, () => dice.Chance(0.85) ? Pair(dice) : Scalar(dice)));
        AddSometimes("g", 0.6, () => Anything(dice));
        return document;

        void AddSometimes(string name, double probability, Func<BsonValue> value)
        {
            if (dice.Chance(probability))
            {
                document.Add(name, value());
            }
        }
    }

    public static BsonValue Anything(Dice dice) =>
        dice.Below(6) switch
        {
            0 => Pair(dice),
            1 => Array(dice, () => Scalar(dice)),
            2 => Array(dice, () => dice.Chance(0.5) ? Pair(dice) : Array(dice, () => Number(dice))),
            _ => Scalar(dice),
        };

    public static BsonDocument Pair(Dice dice)
    {
        var pair = new BsonDocument();
        if (dice.Chance(0.85))
            pair.Add("x", dice.Chance(0.8) ? Number(dice) : Scalar(dice));

        if (dice.Chance(0.7))
            pair.Add("y", dice.Chance(0.5) ? Scalar(dice) : dice.Pick(Words));

        return pair;
    }

    public static BsonArray Array(Dice dice, Func<BsonValue> item)
    {
        var array = new BsonArray();
        for (var i = dice.Below(4); i > 0; i--)
            array.Add(item());

        return array;
    }

    public static BsonValue Number(Dice dice) =>
        dice.Below(10) switch
        {
            0 => new BsonInt64(dice.Between(-3, 9)),
            1 => new BsonDouble(dice.Between(-3, 9)),
            2 => new BsonDouble(dice.Between(-6, 12) / 2.0),
            3 => new BsonDecimal128(dice.Between(-6, 12) / 4m),
            _ => new BsonInt32(dice.Between(-3, 9)),
        };

    public static BsonValue Word(Dice dice) => dice.Pick(Words);

    public static BsonValue Scalar(Dice dice) =>
        dice.Below(9) switch
        {
            0 => BsonNull.Value,
            1 => dice.Chance(0.5),
            2 => new BsonDateTime(1_600_000_000_000L + (dice.Between(-2, 2) * 86_400_000L)),
            3 => ObjectId.Parse($"5f5e5d5c5b5a59585756555{dice.Below(4)}"),
            4 or 5 => dice.Pick(Words),
            _ => Number(dice),
        };
}
