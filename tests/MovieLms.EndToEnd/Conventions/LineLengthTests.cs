using MovieLms.Testing.Processes;

namespace MovieLms.EndToEnd.Conventions;

/// <summary>Lines of code have at most 140 characters. Only text in quotes may make one longer.</summary>
public sealed class LineLengthTests
{
    private const int MaxLength = 140;

    [Fact]
    public void Lines_of_code_are_at_most_140_characters_long()
    {
        var faults = SourceFiles()
            .SelectMany(file => TooLong(File.ReadAllText(file)).Select(line => $"{Path.GetRelativePath(Repository.Root, file)}({line})"));
        Assert.Empty(faults);
    }

    [Theory]
    [InlineData("code", 141, 1)]
    [InlineData("code", 140, 0)]
    [InlineData("/// text", 141, 1)]
    [InlineData("var x = \"text\";", 200, 0)]
    public void A_long_line_is_found(string start, int length, int expected) =>
        Assert.Equal(expected, TooLong(start.PadRight(length, 'x')).Count());

    [Fact]
    public void A_raw_string_may_be_long() =>
        Assert.Equal([4], TooLong($"x = \"\"\"\n{new string('x', 150)}\n\"\"\";\n{new string('y', 150)}"));

    private static IEnumerable<string> SourceFiles() =>
        Directory
            .EnumerateFiles(Repository.Root, "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj" or "node_modules"));

    private static IEnumerable<int> TooLong(string source)
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
