using EmbeddedMongo.Errors;
using EmbeddedMongo.Tests.Expressions;
using MongoDB.Bson;

namespace EmbeddedMongo.Tests.Aggregation;

/// <summary>
/// Table-driven tests of stages. Each line of Cases/stages.txt is a pipeline on the documents of Cases/documents.txt and its result as
/// extended JSON or its error code. All were compared with another server and, where that differs, with MongoDB's manual.
/// </summary>
public sealed class StageCaseTests
{
    private const string Separator = "  =>  ";

    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Aggregation", "Cases");

    public static TheoryData<string, string> Cases()
    {
        var cases = new TheoryData<string, string>();
        foreach (var line in File.ReadLines(Path.Combine(Folder, "stages.txt")))
        {
            var at = line.IndexOf(Separator, StringComparison.Ordinal);
            cases.Add(line[..at], line[(at + Separator.Length)..]);
        }
        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Pipeline_returns_the_expected_result_or_error(string pipeline, string expected)
    {
        var collections = new MemoryCollections().With("c", File.ReadLines(Path.Combine(Folder, "documents.txt")));
        if (expected.StartsWith("error ", StringComparison.Ordinal))
        {
            var error = Assert.Throws<MongoErrorException>(() => collections.Run("c", pipeline));
            Assert.Equal(expected, $"error {error.Code}");
        }
        else
        {
            Assert.Equal(Evaluate.Canonical(Evaluate.Read(expected)), Evaluate.Canonical(new BsonArray(collections.Run("c", pipeline))));
        }
    }
}
