using System.Globalization;
using System.Text;

namespace EmbeddedMongo.Tests.Conformance;

/// <summary>Counts the results of specification tests and compares failures with the reviewed list.</summary>
internal sealed class ConformanceReport(IReadOnlyDictionary<string, string> expected)
{
    private readonly SortedDictionary<string, int> _skipped = new(StringComparer.Ordinal);
    private readonly List<string> _problems = [];
    private readonly HashSet<string> _failed = [];
    private int _passed;

    public void Pass() => _passed++;

    public void Skip(string reason) => _skipped[reason] = _skipped.GetValueOrDefault(reason) + 1;

    public void Fail(string test, string message)
    {
        _failed.Add(test);
        if (!expected.ContainsKey(test))
            _problems.Add($"{test}: {message}");
    }

    /// <summary>Prints the counts, and fails the running test if a result differs from the list.</summary>
    public void Complete()
    {
        foreach (var test in expected.Keys.Where(test => !_failed.Contains(test)))
            _problems.Add($"{test}: is listed in expected-failures.txt but did not fail");

        var text = new StringBuilder();
        text.AppendLine(
            CultureInfo.InvariantCulture,
            $"{_passed} passed, {_failed.Count} failed ({expected.Count} expected), {_skipped.Values.Sum()} skipped"
        );
        foreach (var (reason, count) in _skipped)
            text.AppendLine(CultureInfo.InvariantCulture, $"  skipped {count}: {reason}");

        TestContext.Current.TestOutputHelper?.WriteLine(text.ToString());
        Assert.True(_passed > 0, "no test of the specifications ran");
        Assert.True(_problems.Count == 0, $"{text}\n{string.Join('\n', _problems)}");
    }
}
