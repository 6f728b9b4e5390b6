using System.Text.RegularExpressions;

namespace MovieLms.Testing.Processes;

/// <summary>
/// MovieLms.Standalone as a process, on free ports. Its startup output is not a terminal and hides the passwords of MongoDB and Redis, so
/// they are set in the environment.
/// </summary>
public sealed partial class StandaloneProcess : IAsyncDisposable
{
    private const string MongoPassword = "MOVIELMS_MONGO_PASSWORD";
    private const string RedisPassword = "MOVIELMS_REDIS_PASSWORD";

    private StandaloneProcess(DotnetProcess process, Uri address, string? mongo, string? redis, string? smtp)
    {
        (Process, Address, Mongo, Redis, Smtp) = (process, address, mongo, redis, smtp);
        Client = new HttpClient { BaseAddress = address };
    }

    public DotnetProcess Process { get; }

    public Uri Address { get; }

    public HttpClient Client { get; }

    /// <summary>The connection string of the embedded MongoDB, if it runs.</summary>
    public string? Mongo { get; }

    /// <summary>The connection string of the embedded Redis, if it runs.</summary>
    public string? Redis { get; }

    /// <summary>The connection string of the embedded mail catcher, if it runs.</summary>
    public string? Smtp { get; }

    /// <summary>Starts Standalone and reads its addresses from the startup output.</summary>
    public static Task<StandaloneProcess> StartAsync(
        string? data = null,
        IReadOnlyDictionary<string, string?>? environment = null,
        params string[] arguments
    ) => StartBuildAsync(Repository.Root, environment, [.. data is null ? new[] { "--ephemeral" } : ["--data", data], .. arguments]);

    /// <summary>Starts the build of another checkout, with its data in a folder.</summary>
    public static Task<StandaloneProcess> StartFromCheckoutAsync(
        string checkout,
        string data,
        IReadOnlyDictionary<string, string?> environment
    ) => StartBuildAsync(checkout, environment, ["--data", data]);

    private static async Task<StandaloneProcess> StartBuildAsync(
        string checkout,
        IReadOnlyDictionary<string, string?>? environment,
        string[] arguments
    )
    {
        var variables = new Dictionary<string, string?>(environment ?? new Dictionary<string, string?>());
        variables.TryAdd(MongoPassword, $"{Guid.NewGuid():N}");
        variables.TryAdd(RedisPassword, $"{Guid.NewGuid():N}");
        var process = DotnetProcess.StartProject(
            Repository.Program("MovieLms.Standalone", checkout),
            variables,
            [.. arguments, "--mongo-port", "0", "--redis-port", "0", "--smtp-port", "0", "--urls", "http://127.0.0.1:0"]
        );
        try
        {
            var table = await process.WaitForOutputAsync(output => output.Contains("Ctrl+C stops it") ? output : null);
            return new StandaloneProcess(
                process,
                new Uri(Row("MovieLms").Match(table).Groups["value"].Value),
                MongoRow().Match(table) is { Success: true } mongo ? AddPassword(mongo, variables[MongoPassword]) : null,
                RedisRow().Match(table) is { Success: true } redis ? AddPassword(redis, variables[RedisPassword]) : null,
                SmtpRow().Match(table) is { Success: true } smtp ? smtp.Groups["value"].Value : null
            );
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits for the notice about the first administrator and returns the file with the link.</summary>
    public async Task<string> GetFirstAdminFileAsync() =>
        await Process.WaitForOutputAsync(output =>
            FirstAdminRow().Match(output) is { Success: true } row ? row.Groups["path"].Value : null
        );

    /// <summary>Returns the link that creates the first administrator, with the address that the client uses.</summary>
    public async Task<Uri> GetFirstAdminLinkAsync() => new(Address, $"/welcome#{await GetFirstAdminTokenAsync()}");

    /// <summary>Returns the token of the link that creates the first administrator.</summary>
    public async Task<string> GetFirstAdminTokenAsync()
    {
        var link = await File.ReadAllTextAsync(await GetFirstAdminFileAsync());
        return link.Trim().Split("/welcome#")[1];
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Process.DisposeAsync();
    }

    private static string AddPassword(Match row, string? password) =>
        row.Groups["value"].Value.Replace("<password>", password, StringComparison.Ordinal);

    private static Regex Row(string name) => new($@"^\s+{name}\s+(?<value>\S+)\s*$", RegexOptions.Multiline);

    [GeneratedRegex(@"^\s+MongoDB \(embedded\)\s+(?<value>\S+)( .*)?$", RegexOptions.Multiline)]
    private static partial Regex MongoRow();

    [GeneratedRegex(@"^\s+Redis \(embedded\)\s+(?<value>\S+)( .*)?$", RegexOptions.Multiline)]
    private static partial Regex RedisRow();

    [GeneratedRegex(@"Create the administrator: open the link in (?<path>.+?)\s*$", RegexOptions.Multiline)]
    private static partial Regex FirstAdminRow();

    [GeneratedRegex(@"^\s+SMTP \(embedded\)\s+(?<value>\S+)\s*$", RegexOptions.Multiline)]
    private static partial Regex SmtpRow();
}
