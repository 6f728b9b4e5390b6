using System.Text.RegularExpressions;
using MovieLms.Testing.Processes;

namespace MovieLms.EndToEnd.Deploy;

/// <summary>
/// Checks of deploy/compose.yaml as text. ComposeDriftTests compares its services and settings with the AppHost, and
/// <see cref="ComposeRunTests"/> runs it.
/// </summary>
public sealed partial class ComposeFileTests
{
    private static readonly string[] Lines = File.ReadAllLines(Repository.File("deploy", "compose.yaml"));

    [Theory]
    [InlineData("mongo")]
    [InlineData("redis")]
    [InlineData("mail")]
    [InlineData("apiservice")]
    [InlineData("worker")]
    [InlineData("realtime")]
    [InlineData("web")]
    public void A_service_has_a_health_check_and_limits(string service)
    {
        var block = Block($"  {service}:").ToList();
        foreach (var key in new[] { "image:", "healthcheck:", "deploy:" })
            Assert.Contains(block, line => line.TrimStart().StartsWith(key, StringComparison.Ordinal));
    }

    [Fact]
    public void Only_the_gateway_publishes_a_port_and_only_on_the_loopback_address()
    {
        var ports = Assert.Single(Lines, line => line.TrimStart().StartsWith("ports:", StringComparison.Ordinal));
        Assert.Contains(ports, Block("  web:"));
        Assert.Contains("${WEB_BIND:-127.0.0.1}:${WEB_PORT:-8080}:8080", ports, StringComparison.Ordinal);
    }

    [Fact]
    public void No_service_uses_the_root_user_of_MongoDB()
    {
        var text = string.Join('\n', Lines);
        Assert.Contains("mongodb://movielms:${MONGO_PASSWORD:?", text, StringComparison.Ordinal);
        var root = Assert.Single(Lines, line => line.Contains("MONGO_ROOT_PASSWORD", StringComparison.Ordinal));
        Assert.Contains(root, Block("  mongo:"));
        var user = File.ReadAllText(Repository.File("deploy", "mongo-user.js"));
        Assert.Contains("roles: [{ role: 'readWrite', db: 'movielms' }]", user, StringComparison.Ordinal);
    }

    [Fact]
    public void The_Redis_password_does_not_appear_in_command_line_arguments()
    {
        var block = Block("  redis:").ToList();
        Assert.Contains(block, line => line.Contains("--requirepass \\\"$$REDIS_PASSWORD\\\"", StringComparison.Ordinal));
        Assert.Contains(
            Lines,
            line => line.Contains("ConnectionStrings__redis: redis:6379,password=${REDIS_PASSWORD:?", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void The_mail_catcher_runs_only_in_the_trial_profile_and_behind_the_gateway()
    {
        var block = Block("  mail:").ToList();
        Assert.Contains("    profiles: [trial]", block);
        foreach (var key in new[] { "ports:", "expose:", "network_mode:" })
            Assert.DoesNotContain(block, line => line.TrimStart().StartsWith(key, StringComparison.Ordinal));
    }

    [Fact]
    public void Services_trust_forwarded_headers_only_from_their_own_network()
    {
        Assert.Contains("  ForwardedHeaders__Proxies__0: ${SUBNET:-172.30.54.0/24}", Lines);
        Assert.Contains("      ForwardedHeaders__Proxies__0: ${PROXY_NETWORK:-127.0.0.1}", Block("  web:"));
        Assert.DoesNotContain(Lines, line => line.Contains("FORWARDEDHEADERS_ENABLED", StringComparison.Ordinal));
    }

    [Fact]
    public void The_example_contains_every_required_value()
    {
        var required = Required().Matches(string.Join('\n', Lines)).Select(match => match.Groups[1].Value).ToHashSet();
        var given = File.ReadAllLines(Repository.File("deploy", ".env.example"))
            .Where(line => line.Contains('=') && !line.StartsWith('#'))
            .Select(line => line.Split('=')[0])
            .ToHashSet();
        Assert.NotEmpty(required);
        Assert.Superset(required, given);
    }

    /// <summary>Returns the lines below a key that are indented deeper than the key.</summary>
    private static IEnumerable<string> Block(string key)
    {
        var start = Array.IndexOf(Lines, key);
        Assert.True(start >= 0, $"deploy/compose.yaml has no line '{key}'.");
        var indent = key.Length - key.TrimStart().Length;
        return Lines.Skip(start + 1).TakeWhile(line => line.Length == 0 || line.Length - line.TrimStart().Length > indent);
    }

    [GeneratedRegex(@"\$\{([A-Z_]+):\?")]
    private static partial Regex Required();
}
