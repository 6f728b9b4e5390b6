using EmbeddedMongo.Commands;
using MongoDB.Driver;

namespace EmbeddedMongo.Tests.Compatibility;

/// <summary>
/// The committed <c>COMPATIBILITY.md</c> must match the answers of a running server. After an intended change, run this class once with
/// <c>MOVIELMS_UPDATE_COMPATIBILITY=1</c> and commit the file.
/// </summary>
public sealed class CompatibilityPageTests
{
    /// <summary>Features that the README promises to reject with an error that says so.</summary>
    private static readonly string[] Rejected =
    [
        "Transactions",
        "Change stream of a collection",
        "Change stream of a database",
        "Change stream of the server",
        "Views",
        "Time-series collections",
        "Text indexes",
        "Text search ($text)",
        "2dsphere indexes",
        "2d indexes",
        "Geospatial queries",
        "JavaScript ($where)",
        "Sharding",
    ];

    [Fact]
    public async Task The_committed_page_matches_the_answers_of_the_server()
    {
        var features = await ProbeAllAsync();
        Assert.Empty(
            features
                .Where(static feature => feature.Support == Support.Failed)
                .Select(static feature => $"{feature.Feature.Section}, {feature.Feature.Name}: {feature.Code} {feature.Message}")
        );
        var generated = CompatibilityPage.Render(features);
        var path = ProductFolder.File("COMPATIBILITY.md");
        if (Environment.GetEnvironmentVariable("MOVIELMS_UPDATE_COMPATIBILITY") is { Length: > 0 })
            await File.WriteAllTextAsync(path, generated);

        Assert.True(File.Exists(path), "COMPATIBILITY.md is missing: run this class with MOVIELMS_UPDATE_COMPATIBILITY=1.");
        var committed = (await File.ReadAllTextAsync(path)).ReplaceLineEndings("\n");
        Assert.True(
            committed == generated,
            $"""
            COMPATIBILITY.md differs from the server. Run this class with MOVIELMS_UPDATE_COMPATIBILITY=1 and commit the page. Lines:
            {string.Join('\n', committed.Split('\n').Except(generated.Split('\n')).Select(static line => $"- {line}"))}
            {string.Join('\n', generated.Split('\n').Except(committed.Split('\n')).Select(static line => $"+ {line}"))}
            """
        );
    }

    [Fact]
    public async Task Features_that_need_another_server_are_rejected_by_name()
    {
        var features = (await ProbeAllAsync()).ToLookup(static feature => feature.Feature.Name);
        Assert.All(Rejected, name => Assert.Equal(Support.Refused, Assert.Single(features[name]).Support));
    }

    [Fact]
    public void No_command_is_listed_as_both_supported_and_unsupported() =>
        Assert.Empty(CommandTable.All().SelectMany(static command => command.Names).Intersect(UnsupportedCommands.Names));

    private static async Task<List<ProbedFeature>> ProbeAllAsync()
    {
        await using var server = await EmbeddedMongoServer.StartAsync();
        using var client = new MongoClient(server.ConnectionString);
        var probe = new FeatureProbe(client);
        var features = new List<ProbedFeature>();
        foreach (var feature in Feature.LoadAll())
            features.Add(await probe.ProbeAsync(feature));

        return features;
    }
}
