namespace EmbeddedMongo.Tests.Expressions;

/// <summary>
/// Table-driven tests of operators. Each line of Cases/*.txt is an expression and its value for <see cref="Document"/> as extended JSON or
/// its error code. All were compared with another server and, where that differs, with MongoDB's manual.
/// </summary>
public sealed class ExpressionCaseTests
{
    private const string Separator = "  =>  ";

    private const string Document = """
        {_id: 1, d: {$date: "2024-02-29T23:45:12.345Z"}, o: {$oid: "65e0c0f0a1b2c3d4e5f60718"}, s: "2024-03-01", n: 5,
         t: {$timestamp: {t: 1700000000, i: 1}}}
        """;

    public static TheoryData<string, string, string> Cases()
    {
        var cases = new TheoryData<string, string, string>();
        foreach (
            var file in Directory
                .GetFiles(Path.Combine(AppContext.BaseDirectory, "Expressions", "Cases"), "*.txt")
                .Order(StringComparer.Ordinal)
        )
        {
            foreach (var line in File.ReadLines(file))
            {
                var at = line.IndexOf(Separator, StringComparison.Ordinal);
                cases.Add(Path.GetFileNameWithoutExtension(file), line[..at], line[(at + Separator.Length)..]);
            }
        }
        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Expression_returns_the_expected_value_or_error(string family, string expression, string expected)
    {
        if (expected.StartsWith("error ", StringComparison.Ordinal))
            Assert.Equal(expected, $"error {Evaluate.Error(expression, Document)}");
        else
            Evaluate.Equal(expected, expression, Document);
        Assert.NotEmpty(family);
    }
}
