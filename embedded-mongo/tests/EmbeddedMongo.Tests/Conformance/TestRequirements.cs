using MongoDB.Bson;

namespace EmbeddedMongo.Tests.Conformance;

/// <summary>Evaluates <c>runOnRequirements</c> for this server: version 7.0.0, a single node without authentication.</summary>
internal static class TestRequirements
{
    private static readonly Version ServerVersion = new(7, 0, 0);

    /// <summary>Returns why a file or a test does not apply to this server, or null if it does.</summary>
    public static string? GetSkipReason(BsonDocument owner)
    {
        if (!owner.TryGetValue("runOnRequirements", out var alternatives))
            return null;

        string? reason = null;
        foreach (var requirement in alternatives.AsBsonArray)
        {
            if (GetUnmet(requirement.AsBsonDocument) is not { } unmet)
                return null;

            reason ??= unmet;
        }

        return reason;
    }

    private static string? GetUnmet(BsonDocument requirement)
    {
        foreach (var condition in requirement)
        {
            var isMet = condition.Name switch
            {
                "minServerVersion" => ParseVersion(condition.Value.AsString) <= ServerVersion,
                "maxServerVersion" => ParseVersion(condition.Value.AsString) >= ServerVersion,
                "topologies" => condition.Value.AsBsonArray.Contains("single"),
                "serverless" => condition.Value != "require",
                "auth" => condition.Value == false,
                "serverParameters" => condition.Value == new BsonDocument("requireApiVersion", false),
                _ => false,
            };
            if (!isMet)
            {
                return condition.Name.EndsWith("ServerVersion", StringComparison.Ordinal)
                    ? "another server version"
                    : $"{condition.Name} {condition.Value}";
            }
        }

        return null;
    }

    private static Version ParseVersion(string text) => Version.Parse(text.Contains('.', StringComparison.Ordinal) ? text : $"{text}.0");
}
