namespace EmbeddedMongo.Tests.Conformance;

/// <summary>
/// The reviewed list of specification tests that fail, <c>expected-failures.txt</c>. Each line is <c>file: test  =>  reason</c>.
/// </summary>
internal static class ExpectedFailures
{
    private const string Separator = "  =>  ";

    /// <summary>Reads the reasons by test, for the tests that belong to the caller.</summary>
    public static IReadOnlyDictionary<string, string> Read(Func<string, bool> belongs) =>
        File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Conformance", "expected-failures.txt"))
            .Where(static line => line.Contains(Separator, StringComparison.Ordinal))
            .Select(static line => line.Split(Separator, 2))
            .Where(parts => belongs(parts[0]))
            .ToDictionary(static parts => parts[0], static parts => parts[1], StringComparer.Ordinal);
}
