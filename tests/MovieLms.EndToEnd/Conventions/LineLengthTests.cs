using MovieLms.Testing.Processes;

namespace MovieLms.EndToEnd.Conventions;

/// <summary>Lines of code have at most 140 characters, except lines with string literals.</summary>
public sealed class LineLengthTests
{
    private const int MaxLength = 140;

    [Fact]
    public void Lines_of_code_are_at_most_140_characters_long()
    {
        var violations = SourceFiles()
            .SelectMany(file =>
                FindLongLines(File.ReadAllText(file)).Select(line => $"{Path.GetRelativePath(Repository.Root, file)}({line})")
            );
        Assert.Empty(violations);
    }

    [Theory]
    [InlineData("code", 141, 1)]
    [InlineData("code", 140, 0)]
    [InlineData("/// text", 141, 1)]
    [InlineData("var x = \"text\";", 200, 0)]
    public void A_long_line_is_detected(string start, int length, int expected) =>
        Assert.Equal(expected, FindLongLines(start.PadRight(length, 'x')).Count());

    [Fact]
    public void Lines_of_a_raw_string_may_be_longer() =>
        Assert.Equal([4], FindLongLines($"x = \"\"\"\n{new string('x', 150)}\n\"\"\";\n{new string('y', 150)}"));

    private static IEnumerable<string> SourceFiles() =>
        Directory
            .EnumerateFiles(Repository.Root, "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj" or "node_modules"));

    private static IEnumerable<int> FindLongLines(string source)
    {
        var isRaw = false;
        foreach (var (index, line) in source.Split('\n').Index())
        {
            var wasRaw = isRaw;
            isRaw ^= line.Split("\"\"\"").Length % 2 == 0;
            if (!wasRaw && line.Length > MaxLength && !line.Contains('"'))
                yield return index + 1;
        }
    }
}
