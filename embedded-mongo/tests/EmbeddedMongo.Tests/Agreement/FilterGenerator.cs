using MongoDB.Bson;
using static EmbeddedMongo.Tests.Agreement.DocumentGenerator;

namespace EmbeddedMongo.Tests.Agreement;

/// <summary>Generates filters with every operator, sometimes malformed.</summary>
internal static class FilterGenerator
{
    private static readonly string[] Types =
    [
        "double",
        "string",
        "object",
        "array",
        "objectId",
        "bool",
        "date",
        "null",
        "int",
        "long",
        "decimal",
        "number",
    ];

    private static readonly string[] Patterns = ["^a", "b", "^$", "A", "c$", "[0-9]", "^x\\.y", "é", "^.b", "a|B", "(?i)AB"];

    public static BsonDocument Filter(Dice dice, int depth = 2)
    {
        var filter = new BsonDocument();
        for (var clauses = dice.Pick(0, 1, 1, 1, 1, 2, 2); clauses > 0; clauses--)
        {
            if (depth > 0 && dice.Chance(0.2))
                filter[dice.Pick("$and", "$or", "$nor")] = Array(dice.Between(1, 3), () => Filter(dice, depth - 1));
            else
                filter[dice.Pick(Paths)] = Condition(dice, depth);
        }

        return filter;
    }

    public static BsonValue Condition(Dice dice, int depth)
    {
        if (dice.Chance(0.25))
            return dice.Chance(0.1) ? new BsonRegularExpression(dice.Pick(Patterns), dice.Pick("", "i")) : Operand(dice);

        var condition = new BsonDocument();
        for (var operators = dice.Pick(1, 1, 1, 2); operators > 0; operators--)
        {
            var (name, value) = Operator(dice, depth);
            condition[name] = value;
        }

        return condition;
    }

    /// <summary>Returns a condition as used in $elemMatch and $pull.</summary>
    public static BsonDocument Operators(Dice dice)
    {
        var (name, value) = Operator(dice, 0);
        return new BsonDocument(name, value);
    }

    public static BsonValue Operand(Dice dice) =>
        dice.Below(8) switch
        {
            0 => Anything(dice),
            1 => BsonNull.Value,
            2 or 3 => Scalar(dice),
            4 => Word(dice),
            _ => Number(dice),
        };

    private static (string Name, BsonValue Value) Operator(Dice dice, int depth)
    {
        switch (dice.Below(18))
        {
            case 0:
                return ("$eq", Operand(dice));
            case 1:
                return ("$ne", Operand(dice));
            case 2 or 3:
                return (dice.Pick("$gt", "$gte"), Operand(dice));
            case 4 or 5:
                return (dice.Pick("$lt", "$lte"), Operand(dice));
            case 6 or 7:
                return (dice.Pick("$in", "$nin"), Array(dice.Below(4), () => Operand(dice)));
            case 8:
                return ("$exists", dice.Pick<BsonValue>(true, false, 1, 0));
            case 9:
                return ("$type", dice.Chance(0.7) ? dice.Pick(Types) : new BsonArray { dice.Pick(Types), dice.Pick(Types) });
            case 10:
                return ("$mod", new BsonArray { dice.Between(1, 3), dice.Between(0, 2) });
            case 11:
                return ("$size", dice.Below(4));
            case 12:
                return ("$all", Array(dice.Between(0, 2), () => Operand(dice)));
            case 13 or 14:
                return ("$elemMatch", dice.Chance(0.5) ? Operators(dice) : new BsonDocument(dice.Pick("x", "y"), Condition(dice, 0)));
            case 15:
                return ("$regex", dice.Pick(Patterns));
            case 16:
                return (dice.Pick("$bitsAllSet", "$bitsAnySet", "$bitsAllClear", "$bitsAnyClear"), dice.Between(0, 7));
            default:
                return depth > 0
                    ? ("$not", Condition(dice, 0) is BsonDocument { ElementCount: > 0 } inner ? inner : new BsonDocument("$gt", 1))
                    : ("$gt", Number(dice));
        }
    }

    private static BsonArray Array(int count, Func<BsonValue> item)
    {
        var array = new BsonArray();
        for (; count > 0; count--)
            array.Add(item());

        return array;
    }
}
