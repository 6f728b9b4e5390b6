using System.Collections.Frozen;
using EmbeddedMongo.Errors;

namespace EmbeddedMongo.Expressions;

/// <summary>
/// Operators that MongoDB has and this server does not: refused by name, so that no one takes a typing error for a limit.
/// </summary>
internal static class UnsupportedOperators
{
    private static readonly FrozenSet<string> Known = FrozenSet.ToFrozenSet(
        [
            "$function",
            "$accumulator",
            "$meta",
            "$toHashedIndexKey",
            "$encStrStartsWith",
            "$encStrEndsWith",
            "$createObjectId",
            "$hash",
            "$hexHash",
        ],
        StringComparer.Ordinal
    );

    public static bool IsKnown(string name) => Known.Contains(name);

    /// <summary>115 for a known operator that is not supported, 168 (InvalidPipelineOperator) for an unknown name.</summary>
    public static MongoErrorException Refuse(string name) =>
        Known.Contains(name)
            ? new MongoErrorException(115, "CommandNotSupported", $"{name} is not supported by the embedded server")
            : new MongoErrorException(168, "InvalidPipelineOperator", $"Unrecognized expression '{name}'");
}
