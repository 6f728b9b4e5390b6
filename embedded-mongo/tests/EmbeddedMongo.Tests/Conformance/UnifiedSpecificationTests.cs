using MongoDB.Bson;
using MongoDB.Driver;

namespace EmbeddedMongo.Tests.Conformance;

/// <summary>Runs MongoDB's specification tests in the unified test format on this server.</summary>
public sealed class UnifiedSpecificationTests
{
    private static readonly string[] Folders =
    [
        "crud/tests/unified",
        "collection-management/tests",
        "index-management/tests",
        "run-command/tests/unified",
        "versioned-api/tests",
    ];

    [Fact]
    public async Task Unified_tests_pass_except_the_reviewed_ones()
    {
        SpecificationFiles.SkipIfMissing();
        var report = new ConformanceReport(
            ExpectedFailures.Read(static test => !test.StartsWith(BsonCorpusTests.Prefix, StringComparison.Ordinal))
        );
        await using var server = await EmbeddedMongoServer.StartAsync();
        using var admin = new MongoClient(server.ConnectionString);
        foreach (var (name, file) in Folders.SelectMany(SpecificationFiles.Read))
        {
            foreach (var test in file["tests"].AsBsonArray.Select(static test => test.AsBsonDocument))
                await RunAsync(report, server.ConnectionString, admin, $"{name}: {test["description"]}", file, test);
        }

        report.Complete();
    }

    private static async Task RunAsync(
        ConformanceReport report,
        string connectionString,
        MongoClient admin,
        string test,
        BsonDocument file,
        BsonDocument content
    )
    {
        var reason = content.TryGetValue("skipReason", out var skipReason)
            ? skipReason.AsString
            : TestRequirements.GetSkipReason(file) ?? TestRequirements.GetSkipReason(content);
        if (reason is not null)
        {
            report.Skip(reason);
            return;
        }

        using var runner = new UnifiedTestRunner(connectionString, admin);
        try
        {
            if (await runner.RunAsync(file, content) is { } difference)
                report.Fail(test, difference);
            else
                report.Pass();
        }
        catch (SkippedTestException skipped)
        {
            report.Skip($"the runner or the driver does not support {skipped.Message}");
        }
    }
}
