using System.Collections.Frozen;
using EmbeddedMongo.Errors;

namespace EmbeddedMongo.Expressions;

/// <summary>
/// Operators that MongoDB supports and this server does not. Their error differs from that of a misspelled operator.
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
            "$median",
            "$percentile",
        ],
        StringComparer.Ordinal
    );

    public static bool IsKnown(string name) => Known.Contains(name);

    /// <summary>Creates error 115 for an unsupported operator, or 168 (InvalidPipelineOperator) for an unknown name.</summary>
    public static MongoErrorException CreateError(string name) =>
        Known.Contains(name)
            ? new MongoErrorException(115, "CommandNotSupported", $"{name} is not supported by the embedded server")
            : new MongoErrorException(168, "InvalidPipelineOperator", $"Unrecognized expression '{name}'");
}
