using System.Globalization;
using EmbeddedMongo.Errors;
using EmbeddedMongo.Query;
using EmbeddedMongo.Query.Matching;
using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Indexes;

/// <summary>
/// Validates index specifications of clients (manual: "createIndexes") and converts them to the form that listIndexes returns.
/// </summary>
internal static class IndexDefinition
{
    private const int MaxFields = 32;

    /// <param name="specification">The client's specification.</param>
    /// <param name="collation">The collation of the index; null for the simple one.</param>
    public static BsonDocument Normalize(BsonDocument specification, Collation? collation)
    {
        var result = new BsonDocument("v", 2);
        var key =
            specification.TryGetValue("key", out var keyValue) && keyValue is BsonDocument pattern
                ? pattern
                : throw MongoErrorException.FailedToParse("The 'key' field is a required property of an index specification");
        CheckKey(key);
        var name =
            specification.TryGetValue("name", out var nameValue) && nameValue is BsonString { Value.Length: > 0 }
                ? nameValue
                : throw MongoErrorException.FailedToParse("The 'name' field is a required property of an index specification");
        result.Add("key", key);
        result.Add("name", name);
        foreach (var option in specification)
            AddOption(result, key, option);

        if (result.Contains("hidden") && key.ElementCount == 1 && key.GetElement(0).Name == "_id")
            throw MongoErrorException.BadValue("can't hide _id index");

        return result.Add("collation", collation?.Document, collation is not null);
    }

    /// <summary>Returns whether two definitions have the same signature. A collection cannot have two such indexes.</summary>
    public static bool SameSignature(BsonDocument a, BsonDocument b) =>
        SamePattern(a["key"].AsBsonDocument, b["key"].AsBsonDocument)
        && BsonOrder.Equals(a.GetValue("partialFilterExpression", BsonNull.Value), b.GetValue("partialFilterExpression", BsonNull.Value))
        && a.GetValue("collation", BsonNull.Value) == b.GetValue("collation", BsonNull.Value)
        && a.GetValue("unique", false).ToBoolean() == b.GetValue("unique", false).ToBoolean()
        && a.GetValue("sparse", false).ToBoolean() == b.GetValue("sparse", false).ToBoolean();

    public static bool SamePattern(BsonDocument a, BsonDocument b) => BsonOrder.Compare(a, b) == 0;

    /// <summary>Parses the filter of a partial index, and rejects expressions that MongoDB does not allow there.</summary>
    public static MatchExpression? PartialFilter(BsonDocument definition)
    {
        if (!definition.TryGetValue("partialFilterExpression", out var filter))
            return null;

        var parsed = MatchParser.Parse(filter.AsBsonDocument, MatchContext.Of(Collation.Of(definition)));
        CheckPartial(parsed);
        return parsed;
    }

    private static void AddOption(BsonDocument result, BsonDocument key, BsonElement option)
    {
        switch (option.Name)
        {
            case "key" or "name" or "v" or "background" or "ns" or "storageEngine" or "collation":
                break;
            case "unique" or "sparse" or "hidden":
                if (option.Value.IsBoolean || option.Value.IsNumeric)
                {
                    if (option.Value.ToBoolean())
                        result.Add(option.Name, true);

                    break;
                }

                throw MongoErrorException.TypeMismatch(
                    $"The field '{option.Name}' has value {option.Name}: {option.Value}, which is not convertible to bool"
                );
            case "expireAfterSeconds":
                CheckExpiry(key, option.Value);
                result.Add(option.Name, (int)option.Value.ToDouble());
                break;
            case "partialFilterExpression":
                result.Add(
                    option.Name,
                    option.Value is BsonDocument
                        ? option.Value
                        : throw MongoErrorException.TypeMismatch(
                            $"The field 'partialFilterExpression' must be an object, but got {option.Value.BsonType}"
                        )
                );
                break;
            case "weights"
            or "default_language"
            or "language_override"
            or "textIndexVersion"
            or "2dsphereIndexVersion"
            or "bits"
            or "min"
            or "max"
            or "wildcardProjection"
            or "prepareUnique"
            or "clustered":
                throw new MongoErrorException(
                    MongoErrorCodes.CannotCreateIndex,
                    $"The index option '{option.Name}' is not implemented by this embedded server"
                );
            default:
                throw new MongoErrorException(
                    MongoErrorCodes.InvalidIndexSpecificationOption,
                    $"The field '{option.Name}' is not valid for an index specification. Specification: {result}"
                );
        }
    }

    private static void CheckKey(BsonDocument key)
    {
        if (key.ElementCount is 0 or > MaxFields)
        {
            throw CannotCreate(
                key.ElementCount == 0 ? "Index keys cannot be an empty object" : $"Index key pattern has more than {MaxFields} fields"
            );
        }

        foreach (var field in key)
        {
            if (field.Value is BsonString kind)
            {
                throw CannotCreate(
                    kind.Value is "text" or "2d" or "2dsphere" or "hashed" or "geoHaystack"
                        ? $"'{kind.Value}' indexes are not implemented by this embedded server"
                        : $"Unknown index plugin '{kind.Value}'"
                );
            }

            if (!BsonNumbers.IsNumber(field.Value) || BsonNumbers.ToDouble(field.Value) is 0 or double.NaN)
            {
                throw CannotCreate(
                    $"Values in v:2 index key pattern cannot be of type {field.Value.BsonType}, 0 or NaN. Only numbers > 0, numbers < 0, and strings are allowed."
                );
            }

            if (field.Name.Length == 0 || field.Name.Split('.').Any(part => part.Length == 0))
                throw CannotCreate("Index keys cannot contain an empty field.");

            if (field.Name.Contains("$**", StringComparison.Ordinal))
                throw CannotCreate("wildcard indexes are not implemented by this embedded server");

            if (field.Name.Split('.').Where((part, i) => part.StartsWith('$') && (i == 0 || !DbRef.IsField(part))).Any())
                throw CannotCreate($"Index key contains an illegal field name: field name starts with '$'.");
        }
    }

    private static void CheckExpiry(BsonDocument key, BsonValue seconds)
    {
        if (!BsonNumbers.IsNumber(seconds))
            throw CannotCreate($"TTL index 'expireAfterSeconds' option must be numeric, but received a type of '{seconds.BsonType}'.");

        if (key.ElementCount > 1)
        {
            throw CannotCreate(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"TTL indexes are single-field indexes, compound indexes do not support TTL. Index spec: {key}"
                )
            );
        }

        if (BsonNumbers.ToDouble(seconds) is not (>= 0 and <= int.MaxValue))
        {
            throw CannotCreate(
                $"TTL index 'expireAfterSeconds' option must be within an acceptable range, try a different value than {seconds}."
            );
        }
    }

    private static void CheckPartial(MatchExpression filter)
    {
        switch (filter)
        {
            case ListExpression list and (AndExpression or OrExpression):
                foreach (var child in list.Children)
                    CheckPartial(child);

                break;
            case ComparisonExpression or InExpression or ExistsExpression or TypeExpression or AlwaysTrueExpression:
                break;
            default:
                throw CannotCreate($"Expression not supported in partial index: {filter.GetType().Name}");
        }
    }

    private static MongoErrorException CannotCreate(string message) => new(MongoErrorCodes.CannotCreateIndex, message);
}
