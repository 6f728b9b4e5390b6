using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using MovieLms.Realtime.Tests.Hostile;
using MovieLms.Testing;
using MovieLms.Testing.Processes;
using MovieLms.Testing.Tools;

namespace MovieLms.Realtime.Tests.Docs;

/// <summary>Checks that the frames in <c>docs/learn/realtime.md</c> match this server and that its example clients run.</summary>
public sealed partial class RealtimePageTests
{
    private static readonly string Page = File.ReadAllText(Repository.File("docs", "learn", "realtime.md")).ReplaceLineEndings("\n");

    [Fact]
    public async Task The_frames_on_the_page_match_the_server()
    {
        await using var host = await StartAsync();
        using var client = await RawWebSocket.ConnectAsync(host.Address, RawHub.Target((await host.SignInStudentAsync()).AccessToken));
        var upgrade = Lines("upgrade");
        AssertContainsLines(LinesOf(upgrade, '>'), client.Request);
        AssertContainsLines(LinesOf(upgrade, '<'), client.Response);

        var isFirst = true;
        var expected = new List<string>();
        foreach (var line in Lines("frames").Append("> end"))
        {
            if (line[0] == '<')
            {
                expected.Add(line[2..].TrimEnd('␞'));
                continue;
            }
            // All responses and events of the previous call must have arrived, in any order.
            var received = new List<JsonElement>();
            while (received.Count < expected.Count)
            {
                var frame = (await client.ReceiveAsync())!;
                if (isFirst)
                    Assert.Equal(Block("bytes"), string.Join(' ', frame.Bytes.Select(value => $"{value:X2}")));
                isFirst = false;
                received.AddRange(
                    RawHub.Messages([frame]).Where(message => !message.TryGetProperty("type", out var type) || type.GetInt32() != 6)
                );
            }
            Assert.Equal(
                expected.Select(json => Shape(JsonSerializer.Deserialize<JsonElement>(json))).Order(),
                received.Select(Shape).Order()
            );
            expected.Clear();
            if (line != "> end")
                await client.SendMessageAsync(line[2..].TrimEnd('␞'));
        }
    }

    [Fact]
    public async Task The_JavaScript_client_on_the_page_runs()
    {
        ExternalTool.RequireNpm("@microsoft/signalr/package.json");
        // Inside tests/tools, where Node finds the client's package.
        var file = Path.Combine(
            Directory.CreateDirectory(Repository.File("tests", "tools", "obj")).FullName,
            $"page-{Guid.NewGuid():N}.mjs"
        );
        await File.WriteAllTextAsync(file, Client("js"));
        try
        {
            await using var host = await StartAsync();
            var user = await host.SignInStudentAsync();
            Assert.Contains(
                $"1 {user.Username} Hello from JavaScript",
                await RunAsync(ExternalTool.Require("node"), file, host.Address.GetLeftPart(UriPartial.Authority), user.AccessToken)
            );
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task The_NET_client_on_the_page_runs()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "Program.cs"), Client("csharp"));
        // References the library that this test was built with, so that no package is downloaded.
        await File.WriteAllTextAsync(
            Path.Combine(folder.Path, "Page.csproj"),
            $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework><ImplicitUsings>enable</ImplicitUsings><Nullable>enable</Nullable></PropertyGroup>
              <ItemGroup><FrameworkReference Include="Microsoft.AspNetCore.App" /></ItemGroup>
              <ItemGroup><Reference Include="{AppContext.BaseDirectory}Microsoft.AspNetCore.*Client*.dll" /></ItemGroup>
            </Project>
            """
        );
        await RunAsync("dotnet", "build", folder.Path, "-o", Path.Combine(folder.Path, "out"), "-v", "q", "--nologo");
        await using var host = await StartAsync();
        var user = await host.SignInStudentAsync();
        Assert.Contains(
            $"1 {user.Username} Hello from .NET",
            await RunAsync(
                "dotnet",
                Path.Combine(folder.Path, "out", "Page.dll"),
                host.Address.GetLeftPart(UriPartial.Authority),
                user.AccessToken
            )
        );
    }

    private static Task<ServiceHost> StartAsync() =>
        ServiceHost.StartAsync(new ServiceHostOptions { Services = Services.Api | Services.Realtime });

    private static string Client(string language)
    {
        var code = Block(language);
        Assert.InRange(code.Split('\n').Count(line => line.Length > 0), 10, 22);
        return code;
    }

    private static string Block(string kind) =>
        Assert.Single(Blocks().Matches(Page), block => block.Groups["kind"].Value == kind).Groups["content"].Value;

    private static string[] Lines(string kind) => Block(kind).Split('\n');

    private static IEnumerable<string> LinesOf(IEnumerable<string> lines, char side) =>
        lines.Where(line => line[0] == side).Select(line => line[2..]);

    /// <summary>Asserts that each line of the page occurs in the head. A line with … is compared only up to it.</summary>
    private static void AssertContainsLines(IEnumerable<string> page, string head)
    {
        foreach (var line in page)
        {
            var end = line.IndexOf('…', StringComparison.Ordinal);
            var expected = end >= 0 ? line[..end] : line + "\r\n";
            Assert.True(head.Contains(expected, StringComparison.OrdinalIgnoreCase), $"{expected} is not in:\n{head}");
        }
    }

    /// <summary>Returns the member names and value kinds of a message, with the actual values of members that identify a call.</summary>
    private static string Shape(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Object => "{"
                + string.Join(
                    ',',
                    value
                        .EnumerateObject()
                        .Select(member =>
                            $"{member.Name}:{(member.Name is "type" or "target" or "invocationId" or "room" or "text" or "sequence" ? member.Value.GetRawText() : Shape(member.Value))}"
                        )
                )
                + "}",
            JsonValueKind.Array => "[" + string.Join(',', value.EnumerateArray().Select(Shape)) + "]",
            _ => value.ValueKind.ToString(),
        };

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToArray())
            start.Environment.Remove(name);
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync(new CancellationTokenSource(TimeSpan.FromMinutes(4)).Token);
        Assert.True(process.ExitCode == 0, await output + await errors);
        return await output;
    }

    [GeneratedRegex("^```(?<kind>\\w+)\n(?<content>.*?)\n```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Blocks();
}
