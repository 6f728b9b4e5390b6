using MongoDB.Bson;

namespace EmbeddedMongo.Tests.Conformance;

/// <summary>
/// The test files of https://github.com/mongodb/specifications. Their license does not permit shipping them with this product, so the
/// tests read a checkout of <see cref="Commit"/> from the folder in MOVIELMS_TEST_SPECIFICATIONS.
/// </summary>
internal static class SpecificationFiles
{
    /// <summary>The commit that the expected failures were reviewed with.</summary>
    public const string Commit = "92b3c0b9287bfba1b0ec4084300858d05c654f8c";

    public const string Variable = "MOVIELMS_TEST_SPECIFICATIONS";

    /// <summary>Skips the running test if the files are missing.</summary>
    public static void SkipIfMissing() =>
        Assert.SkipWhen(
            Folder is null,
            $"{Variable} must be a folder with commit {Commit} of mongodb/specifications (see the README of the embedded server)"
        );

    /// <summary>Reads the JSON files below a folder of <c>source</c>, in the order of their names.</summary>
    public static IEnumerable<(string Name, BsonDocument Content)> Read(string folder)
    {
        var path = Path.Combine(Folder!, "source", folder);
        Assert.True(Directory.Exists(path), $"{path} does not exist");
        return Directory
            .GetFiles(path, "*.json")
            .Order(StringComparer.Ordinal)
            .Select(static file => (Path.GetFileNameWithoutExtension(file), BsonDocument.Parse(File.ReadAllText(file))));
    }

    private static string? Folder => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } folder ? folder : null;
}
