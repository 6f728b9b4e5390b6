using EmbeddedMongo.Errors;
using MongoDB.Bson;

namespace EmbeddedMongo.Expressions.Operators;

/// <summary>Operators that build or convert arrays: $range, $zip, $arrayToObject and $objectToArray.</summary>
internal static class ArrayBuilders
{
    private static readonly NamedArguments ZipArguments = new("$zip", ["inputs", "useLongestLength", "defaults"], 1, 34460, 34464, 34465);

    public static void AddTo(OperatorTable table)
    {
        table.Variadic("$range", Range, 2, 3);
        table.Custom("$zip", ParseZip);
        table.Unary("$arrayToObject", ToObject);
        table.Unary("$objectToArray", ToArray);
    }

    private static BsonArray Range(BsonValue?[] operands)
    {
        var start = ArrayOperators.Index(operands[0] ?? BsonNull.Value, "$range's starting value", 34443, 34444);
        var end = ArrayOperators.Index(operands[1] ?? BsonNull.Value, "$range's ending value", 34445, 34446);
        var step = operands.Length == 3 ? ArrayOperators.Index(operands[2] ?? BsonNull.Value, "$range's step value", 34447, 34448) : 1;
        if (step == 0)
            throw MongoErrorException.Location(34449, "$range requires a non-zero step value");
        var count = Math.Max(0, ((long)end - start + step - Math.Sign(step)) / step);
        if (count > ArrayOperators.MaxElements)
            throw ArrayOperators.TooLong("$range");
        var range = new BsonArray((int)count);
        for (long i = 0; i < count; i++)
            range.Add((BsonValue)(int)(start + i * step));
        return range;
    }

    private static ZipExpression ParseZip(string name, BsonValue argument, VariableScope scope)
    {
        var raw = ZipArguments.ReadUnparsed(argument);
        var inputs =
            raw[0] as BsonArray
            ?? throw MongoErrorException.Location(34461, $"inputs must be an array of expressions, found {TypeNames.Of(raw[0])}");
        if (inputs.Count == 0)
            throw MongoErrorException.Location(34465, "$zip requires at least one input array");
        var longest = raw[1] switch
        {
            null => false,
            BsonBoolean flag => flag.Value,
            var other => throw MongoErrorException.Location(34463, $"useLongestLength must be a bool, found {TypeNames.Of(other)}"),
        };
        Expression[] defaults = raw[2] switch
        {
            null => [],
            BsonArray array => Arguments.List(array, scope),
            var other => throw MongoErrorException.Location(
                34462,
                $"defaults must be an array of expressions, found {TypeNames.Of(other)}"
            ),
        };
        if (defaults.Length > 0 && !longest)
            throw MongoErrorException.Location(34466, "cannot specify defaults unless useLongestLength is true");
        if (defaults.Length > 0 && defaults.Length != inputs.Count)
            throw MongoErrorException.Location(34467, "defaults and inputs must have the same length");
        return new ZipExpression(Arguments.List(inputs, scope), defaults, longest);
    }

    private static BsonValue ToObject(BsonValue? value)
    {
        if (value.IsNullish())
            return BsonNull.Value;
        if (value is not BsonArray array)
            throw MongoErrorException.Location(40386, $"$arrayToObject requires an array input, found: {TypeNames.Of(value)}");
        var document = new BsonDocument();
        var ofPairs = array.Count > 0 && array[0] is BsonArray;
        foreach (var item in array)
        {
            var (name, content) = item switch
            {
                BsonArray pair when ofPairs => Pair(pair),
                BsonDocument entry when !ofPairs => Entry(entry),
                BsonDocument => throw MongoErrorException.Location(
                    40396,
                    "$arrayToObject requires a consistent input format. Elements must all be arrays or all be objects. Array was detected, now found: object"
                ),
                BsonArray => throw MongoErrorException.Location(
                    40391,
                    "$arrayToObject requires a consistent input format. Elements must all be arrays or all be objects. Object was detected, now found: array"
                ),
                _ when ofPairs => throw MongoErrorException.Location(
                    40396,
                    $"$arrayToObject requires a consistent input format. Elements must all be arrays or all be objects. Array was detected, now found: {TypeNames.Of(item)}"
                ),
                _ when document.ElementCount > 0 => throw MongoErrorException.Location(
                    40391,
                    $"$arrayToObject requires a consistent input format. Elements must all be arrays or all be objects. Object was detected, now found: {TypeNames.Of(item)}"
                ),
                _ => throw MongoErrorException.Location(40398, $"Unrecognised input type format for $arrayToObject: {TypeNames.Of(item)}"),
            };
            if (name.Contains('\0', StringComparison.Ordinal))
                throw MongoErrorException.Location(4940400, "Key field cannot contain an embedded null byte");
            document[name] = content;
        }
        return document;
    }

    private static (string, BsonValue) Pair(BsonArray pair)
    {
        if (pair.Count != 2)
        {
            throw MongoErrorException.Location(
                40397,
                $"$arrayToObject requires an array of size 2 arrays,found array of size: {pair.Count}"
            );
        }

        return pair[0] is BsonString name
            ? (name.Value, pair[1])
            : throw MongoErrorException.Location(
                40395,
                $"$arrayToObject requires an array of key-value pairs, where the key must be of type string. Found key type: {TypeNames.Of(pair[0])}"
            );
    }

    private static (string, BsonValue) Entry(BsonDocument entry)
    {
        if (entry.ElementCount != 2)
        {
            throw MongoErrorException.Location(
                40392,
                $"$arrayToObject requires an object keys of 'k' and 'v'. Found incorrect number of keys:{entry.ElementCount}"
            );
        }

        if (!entry.TryGetValue("k", out var key) || !entry.TryGetValue("v", out var value))
        {
            throw MongoErrorException.Location(
                40393,
                "$arrayToObject requires an object with keys 'k' and 'v'. Missing either or both keys from: " + entry
            );
        }

        return key is BsonString name
            ? (name.Value, value)
            : throw MongoErrorException.Location(
                40394,
                $"$arrayToObject requires an object with keys 'k' and 'v', where the value of 'k' must be of type string. Found type: {TypeNames.Of(key)}"
            );
    }

    private static BsonValue ToArray(BsonValue? value)
    {
        if (value.IsNullish())
            return BsonNull.Value;
        if (value is not BsonDocument document)
            throw MongoErrorException.Location(40390, $"$objectToArray requires a document input, found: {TypeNames.Of(value)}");
        var array = new BsonArray(document.ElementCount);
        foreach (var element in document)
            array.Add(new BsonDocument { { "k", element.Name }, { "v", element.Value } });
        return array;
    }
}

/// <summary>$zip: transposes the inputs, up to the shortest or (padded) to the longest.</summary>
internal sealed class ZipExpression(Expression[] inputs, Expression[] defaults, bool longest) : ControlExpression([.. inputs, .. defaults])
{
    public override BsonValue Evaluate(EvaluationContext context)
    {
        var arrays = new BsonArray[inputs.Length];
        for (var i = 0; i < arrays.Length; i++)
        {
            var value = inputs[i].Evaluate(context);
            if (value.IsNullish())
                return BsonNull.Value;
            arrays[i] =
                value as BsonArray ?? throw MongoErrorException.Location(34468, $"$zip found a non-array expression in input: {value}");
        }
        var length = longest ? arrays.Max(a => a.Count) : arrays.Min(a => a.Count);
        var rows = new BsonArray(length);
        for (var row = 0; row < length; row++)
        {
            var tuple = new BsonArray(arrays.Length);
            for (var i = 0; i < arrays.Length; i++)
            {
                tuple.Add(
                    row < arrays[i].Count ? arrays[i][row] : (defaults.Length > 0 ? defaults[i].Evaluate(context) : null) ?? BsonNull.Value
                );
            }

            rows.Add(tuple);
        }
        return rows;
    }
}
