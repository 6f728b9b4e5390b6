using MongoDB.Bson;

namespace EmbeddedMongo.Tests.Conformance;

/// <summary>
/// Matches results with the expectations of the unified test format: documents at the root may have additional fields, numbers are
/// compared by value, and operators such as <c>$$unsetOrMatches</c> stand for values.
/// </summary>
internal sealed class ResultMatcher(IReadOnlyDictionary<string, BsonValue> entities)
{
    /// <summary>Returns where an actual value differs from the expected one, or null if it matches. A missing value is null.</summary>
    public string? FindDifference(BsonValue expected, BsonValue? actual, string path = "result", bool isRoot = true)
    {
        if (expected is BsonDocument { ElementCount: 1 } special && special.GetElement(0).Name.StartsWith("$$", StringComparison.Ordinal))
            return MatchSpecial(special.GetElement(0), actual, path, isRoot);

        switch (expected, actual)
        {
            case (_, null):
                return $"{path} is missing";
            case (BsonDocument document, BsonDocument other):
                return MatchDocument(document, other, path, isRoot);
            case (BsonArray array, BsonArray other):
                return array.Count == other.Count
                    ? array.Select((item, i) => FindDifference(item, other[i], $"{path}[{i}]", isRoot)).FirstOrDefault(d => d is not null)
                    : $"{path} has {other.Count} items instead of {array.Count}";
            default:
                var isEqual =
                    expected.IsNumeric && actual.IsNumeric ? expected.ToDecimal128() == actual.ToDecimal128() : expected.Equals(actual);
                return isEqual ? null : $"{path} is {actual} instead of {expected}";
        }
    }

    private string? MatchDocument(BsonDocument expected, BsonDocument actual, string path, bool isRoot)
    {
        foreach (var element in expected)
        {
            var value = actual.TryGetValue(element.Name, out var found) ? found : null;
            if (FindDifference(element.Value, value, $"{path}.{element.Name}", isRoot: false) is { } difference)
                return difference;
        }

        return isRoot || actual.Names.FirstOrDefault(name => !expected.Contains(name)) is not { } extra
            ? null
            : $"{path} has the unexpected field {extra}";
    }

    private string? MatchSpecial(BsonElement special, BsonValue? actual, string path, bool isRoot) =>
        special.Name switch
        {
            "$$unsetOrMatches" => actual is null or BsonNull ? null : FindDifference(special.Value, actual, path, isRoot),
            "$$exists" => actual is not null == special.Value.AsBoolean ? null : $"{path} exists: {actual is not null}",
            "$$type" => HasType(special.Value, actual) ? null : $"{path} has type {actual?.BsonType}",
            "$$matchesEntity" => FindDifference(entities[special.Value.AsString], actual, path, isRoot),
            _ => throw new SkippedTestException($"the operator {special.Name}"),
        };

    private static bool HasType(BsonValue types, BsonValue? actual) =>
        actual is not null
        && (types as BsonArray ?? [types]).Any(type =>
            type.AsString == Commands.CommandArguments.TypeName(actual) || (type == "number" && actual.IsNumeric)
        );
}

/// <summary>A specification test uses a feature that the runner or the driver does not have.</summary>
internal sealed class SkippedTestException(string reason) : Exception(reason);
