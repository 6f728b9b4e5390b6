using System.Text.RegularExpressions;
using MovieLms.Testing.Processes;

namespace MovieLms.EndToEnd.Deploy;

/// <summary>deploy/compose.yaml: every variable a service needs is there, and every image has a health check.</summary>
public sealed partial class ComposeFileTests
{
    private static readonly string[] Lines = File.ReadAllLines(Repository.File("deploy", "compose.yaml"));

    [Theory]
    [InlineData("apiservice", "Admin__Email Admin__Password Auth__SigningKeys__0")]
    [InlineData("worker", "services__apiservice__http__0")]
    [InlineData("realtime", "services__apiservice__http__0")]
    public void A_service_has_every_variable_it_needs(string service, string own)
    {
        string[] needed = [.. own.Split(' '), "ConnectionStrings__mongodb", "ConnectionStrings__redis", "ConnectionStrings__smtp", "PublicUrl", "DOTNET_ENVIRONMENT"];
        Assert.Superset(needed.ToHashSet(), Variables(service));
    }

    [Theory]
    [InlineData("mongo")]
    [InlineData("redis")]
    [InlineData("maildev")]
    [InlineData("apiservice")]
    [InlineData("worker")]
    [InlineData("realtime")]
    public void An_image_has_a_health_check(string service)
    {
        var block = Block($"  {service}:");
        Assert.Contains(block, line => line.TrimStart().StartsWith("image:", StringComparison.Ordinal));
        Assert.Contains(block, line => line.TrimStart().StartsWith("healthcheck:", StringComparison.Ordinal));
    }

    [Fact]
    public void Every_service_is_looked_at()
    {
        var services = Block("services:").Where(line => ServiceName().IsMatch(line)).Select(line => line.Trim(' ', ':')).ToHashSet();
        Assert.Equal(["apiservice", "maildev", "mongo", "realtime", "redis", "worker"], services.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_value_that_must_be_given_is_in_the_example()
    {
        var asked = Required().Matches(string.Join('\n', Lines)).Select(match => match.Groups[1].Value).ToHashSet();
        var given = File.ReadAllLines(Repository.File("deploy", ".env.example"))
            .Where(line => line.Contains('=') && !line.StartsWith('#')).Select(line => line.Split('=')[0]).ToHashSet();
        Assert.NotEmpty(asked);
        Assert.Superset(asked, given);
    }

    private static HashSet<string> Variables(string service)
    {
        var lines = Block($"  {service}:").ToList();
        if (lines.Any(line => line.Contains("*environment", StringComparison.Ordinal))) lines.AddRange(Block("x-environment: &environment"));
        return [.. lines.Select(line => Variable().Match(line)).Where(match => match.Success).Select(match => match.Groups[1].Value)];
    }

    /// <summary>The lines under a key: those that are indented more than it.</summary>
    private static IEnumerable<string> Block(string key)
    {
        var start = Array.IndexOf(Lines, key);
        Assert.True(start >= 0, $"deploy/compose.yaml has no line '{key}'.");
        var indent = key.Length - key.TrimStart().Length;
        return Lines.Skip(start + 1).TakeWhile(line => line.Length == 0 || line.Length - line.TrimStart().Length > indent);
    }

    [GeneratedRegex(@"^\s+([A-Za-z][A-Za-z0-9_]*): ")]
    private static partial Regex Variable();

    [GeneratedRegex("^  [a-z]+:$")]
    private static partial Regex ServiceName();

    [GeneratedRegex(@"\$\{([A-Z_]+):\?\}")]
    private static partial Regex Required();
}
