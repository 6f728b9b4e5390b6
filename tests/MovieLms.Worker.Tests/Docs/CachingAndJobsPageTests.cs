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

/// <summary>Types the commands of docs/learn/caching-and-jobs.md and compares what Redis answers with what the page says.</summary>
public sealed partial class CachingAndJobsPageTests
{
    private const string Import = "65f0c0ffee0000000000000a";
    private const int Slow = 30;

    [Fact]
    public async Task Redis_answers_what_the_page_says()
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
                var answer = await redis.ExecuteAsync(words[0], [.. words.Skip(1)]);
                AssertSame(lines[i], lines[i + 1], words[0], answer);
            }
        }

        Assert.Superset(new HashSet<string> { "PING", "SET", "GET", "DEL", "EXISTS", "SETEX", "TTL" }, seen);
    }

    [Fact]
    public async Task Api_answers_what_the_page_says()
    {
        await using var host = await ServiceHost.StartAsync(new ServiceHostOptions { Services = Services.Api | Services.Worker });
        var admin = await host.SignInAdminAsync();
        await DocPage
            .Read("docs/learn/caching-and-jobs.md")
            .RunAsync(host.Client, new Dictionary<string, string> { ["admin"] = admin.AccessToken });
    }

    private static void AssertSame(string command, string expected, string verb, RedisResult answer)
    {
        if (verb == "TTL" && long.Parse(expected.Split(' ')[1], CultureInfo.InvariantCulture) is > 0 and var seconds)
        {
            // Time has passed since it was set.
            Assert.InRange((long)answer, seconds - Slow, seconds);
            return;
        }
        var text = answer.IsNull
            ? "(nil)"
            : answer.Resp2Type switch
            {
                ResultType.Integer => $"(integer) {(long)answer}",
                ResultType.BulkString => $"\"{((string)answer!).Replace("\n", "\\n", StringComparison.Ordinal)}\"",
                _ => (string)answer!,
            };
        Assert.True(expected == text, $"{command} gave {text}, and the page says {expected}.");
    }

    [GeneratedRegex("^```redis\n(?<content>.*?)\n```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Blocks();

    [GeneratedRegex("\"[^\"]*\"|\\S+")]
    private static partial Regex Words();
}
