using MongoDB.Bson;
using MongoDB.Driver;

namespace EmbeddedMongo.Tests.Conformance;

/// <summary>Matches exceptions of the driver with <c>expectError</c> of the unified test format.</summary>
internal static class ErrorMatcher
{
    /// <summary>Returns how an exception differs from the expected error, or null if it matches.</summary>
    public static string? FindDifference(BsonDocument expected, Exception error, ResultMatcher matcher)
    {
        foreach (var condition in expected)
        {
            var difference = condition.Name switch
            {
                "isError" => null,
                "isClientError" => condition.Value.AsBoolean == IsClientError(error) ? null : "is not a client error",
                "errorContains" => error.Message.Contains(condition.Value.AsString, StringComparison.OrdinalIgnoreCase)
                    ? null
                    : $"does not contain {condition.Value}",
                "errorCode" => GetCode(error) == condition.Value ? null : $"has code {GetCode(error)}",
                "errorCodeName" => (error as MongoCommandException)?.CodeName == condition.Value.AsString ? null : "has another code name",
                "errorResponse" => matcher.FindDifference(condition.Value, (error as MongoCommandException)?.Result, "reply"),
                "writeErrors" => MatchWriteErrors(condition.Value.AsBsonDocument, error),
                "expectResult" => error is MongoBulkWriteException<BsonDocument> bulk
                    ? matcher.FindDifference(condition.Value, WriteResults.Of(bulk.Result))
                    : "has no partial result",
                _ => throw new SkippedTestException($"the error condition {condition.Name}"),
            };
            if (difference is not null)
                return $"the error {difference}: {error.GetType().Name}: {error.Message}";
        }

        return null;
    }

    private static bool IsClientError(Exception error) => error is not (MongoServerException or MongoWriteException);

    private static int? GetCode(Exception error) =>
        error switch
        {
            MongoCommandException command => command.Code,
            MongoWriteException write => write.WriteError?.Code ?? write.WriteConcernError?.Code,
            MongoBulkWriteException<BsonDocument> bulk => bulk.WriteErrors.Count > 0
                ? bulk.WriteErrors[0].Code
                : bulk.WriteConcernError?.Code,
            _ => null,
        };

    private static string? MatchWriteErrors(BsonDocument expected, Exception error)
    {
        var actual = (error as MongoBulkWriteException<BsonDocument>)?.WriteErrors ?? [];
        foreach (var (index, condition) in expected.Select(static e => (int.Parse(e.Name, null), e.Value.AsBsonDocument)))
        {
            if (!actual.Any(item => item.Index == index && (!condition.TryGetValue("code", out var code) || code == item.Code)))
                return $"has no write error {index}: {condition}";
        }

        return null;
    }
}
