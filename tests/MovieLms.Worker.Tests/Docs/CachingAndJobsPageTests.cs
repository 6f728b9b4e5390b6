using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using MovieLms.Application.Imports;
using MovieLms.ServiceDefaults.Redis;
using MovieLms.Testing;
using MovieLms.Testing.Docs;
using MovieLms.Testing.Processes;
using StackExchange.Redis;

namespace MovieLms.Worker.Tests.Docs;

/// <summary>Runs the commands of docs/learn/caching-and-jobs.md and compares the output with the page.</summary>
public sealed partial class CachingAndJobsPageTests
{
    private const string Import = "65f0c0ffee0000000000000a";
    private const int ToleranceSeconds = 30;

    [Fact]
    public async Task The_Redis_output_is_that_of_the_page()
    {
        await using var host = await ServiceHost.StartAsync(new ServiceHostOptions { Services = Services.Worker });
        var prefix = host.App.Services.GetRequiredService<RedisNames>().Prefix;
        Assert.True(
            await host
                .App.Services.GetRequiredService<StagedUploads>()
                .TryWriteAsync(Import, 0, Encoding.UTF8.GetBytes("title,priority\nBuy film,high\n"))
        );
        var redis = host.App.Services.GetRequiredService<IConnectionMultiplexer>().GetDatabase();
        var page = await File.ReadAllTextAsync(Repository.File("docs", "learn", "caching-and-jobs.md"));
        var seen = new HashSet<string>();
        foreach (Match block in Blocks().Matches(page.ReplaceLineEndings("\n")))
        {
            var lines = block.Groups["content"].Value.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            for (var i = 0; i < lines.Length; i += 2)
            {
                var words = Words()
                    .Matches(lines[i][2..])
                    .Select(word => word.Value.Trim('"').Replace("movielms:", prefix, StringComparison.Ordinal))
                    .ToArray();
                seen.Add(words[0]);
                var reply = await redis.ExecuteAsync(words[0], [.. words.Skip(1)]);
                AssertSame(lines[i], lines[i + 1], words[0], reply);
            }
        }

        Assert.Superset(new HashSet<string> { "PING", "SET", "GET", "DEL", "EXISTS", "SETEX", "TTL" }, seen);
    }

    [Fact]
    public async Task The_API_responses_are_those_of_the_page()
    {
        await using var host = await ServiceHost.StartAsync(new ServiceHostOptions { Services = Services.Api | Services.Worker });
        var admin = await host.SignInAdminAsync();
        await DocPage
            .Read("docs/learn/caching-and-jobs.md")
            .RunAsync(host.Client, new Dictionary<string, string> { ["admin"] = admin.AccessToken });
    }

    private static void AssertSame(string command, string expected, string verb, RedisResult reply)
    {
        if (verb == "TTL" && long.Parse(expected.Split(' ')[1], CultureInfo.InvariantCulture) is > 0 and var seconds)
        {
            // Some time has passed since the key was set.
            Assert.InRange((long)reply, seconds - ToleranceSeconds, seconds);
            return;
        }
        var text = reply.IsNull
            ? "(nil)"
            : reply.Resp2Type switch
            {
                ResultType.Integer => $"(integer) {(long)reply}",
                ResultType.BulkString => $"\"{((string)reply!).Replace("\n", "\\n", StringComparison.Ordinal)}\"",
                _ => (string)reply!,
            };
        Assert.True(expected == text, $"{command} printed {text}, but the page has {expected}.");
    }

    [GeneratedRegex("^```redis\n(?<content>.*?)\n```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Blocks();

    [GeneratedRegex("\"[^\"]*\"|\\S+")]
    private static partial Regex Words();
}
