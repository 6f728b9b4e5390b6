using System.CommandLine;
using System.CommandLine.Invocation;

namespace MovieLms.Standalone;

/// <summary>Reads the command line. Words of the form <c>--Section:Key=value</c> and <c>--urls</c> go on to the configuration.</summary>
internal static class StandaloneCommand
{
    private static readonly Option<string> Data = new("--data")
    {
        Description = "Folder that keeps the data",
        HelpName = "DIR",
        DefaultValueFactory = _ => new StandaloneOptions().DataDirectory,
    };

    private static readonly Option<bool> Ephemeral = new("--ephemeral") { Description = "Keep nothing after the process ends" };
    private static readonly Option<int> MongoPort = Port(
        "--mongo-port",
        "Port of the embedded MongoDB (0: any free one)",
        new StandaloneOptions().MongoPort
    );
    private static readonly Option<int> RedisPort = Port(
        "--redis-port",
        "Port of the embedded Redis (0: any free one)",
        new StandaloneOptions().RedisPort
    );
    private static readonly Option<int> SmtpPort = Port(
        "--smtp-port",
        "Port of the embedded SMTP server (0: any free one)",
        new StandaloneOptions().SmtpPort
    );
    private static readonly Option<int> MailPort = Port(
        "--mail-port",
        "Port of the inbox page with --backing-only (0: any free one)",
        new StandaloneOptions().MailPort
    );

    private static readonly Option<string?> BackingOnly = new("--backing-only")
    {
        Description = "Start only the backing services, or some of them, for services that run as separate processes",
        HelpName = "mongo,redis,mail",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private static readonly Option<bool> Sample = new("--sample") { Description = "Import 3,200 sample films at the first start" };
    private static readonly Option<bool> AllowEmbedded = new("--allow-embedded")
    {
        Description = "Use the embedded MongoDB although the environment is Production",
    };
    private static readonly Option<string?> Urls = new("--urls")
    {
        Description = "Addresses to listen on (default http://localhost:5400)",
        HelpName = "URLS",
    };

    /// <summary>Parses, and runs <paramref name="run"/> with the options and the words meant for the configuration.</summary>
    /// <returns>The process' exit code: 1, and one sentence, for what the caller can put right.</returns>
    internal static Task<int> InvokeAsync(string[] args, Func<StandaloneOptions, string[], CancellationToken, Task> run)
    {
        BackingOnly.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && Kinds(result.Tokens[0].Value) is null)
                result.AddError("--backing-only takes mongo, redis, mail or several of them (mongo,mail), or no value for all.");
        });
        var root = new RootCommand("MovieLms in one process: API, worker, realtime, and the backing services they need.")
        {
            Data,
            Ephemeral,
            MongoPort,
            RedisPort,
            SmtpPort,
            MailPort,
            BackingOnly,
            Sample,
            AllowEmbedded,
            Urls,
        };
        root.TreatUnmatchedTokensAsErrors = false;
        root.SetAction(
            async (parsed, cancellationToken) =>
            {
                try
                {
                    await run(Read(parsed), ConfigurationWords(parsed), cancellationToken);
                    return 0;
                }
                catch (StandaloneException e)
                {
                    await Console.Error.WriteLineAsync($"MovieLms did not start: {e.Message}");
                    return 1;
                }
            }
        );
        var parsed = root.Parse(args);
        // One clear sentence, not a page of help under it.
        if (parsed.Action is ParseErrorAction error)
            error.ShowHelp = false;
        return parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false });
    }

    private static StandaloneOptions Read(ParseResult parsed) =>
        new()
        {
            DataDirectory = parsed.GetRequiredValue(Data),
            Ephemeral = parsed.GetValue(Ephemeral),
            MongoPort = parsed.GetValue(MongoPort),
            RedisPort = parsed.GetValue(RedisPort),
            RedisPassword = RedisPassword.Read(),
            SmtpPort = parsed.GetValue(SmtpPort),
            MailPort = parsed.GetValue(MailPort),
            BackingOnly = parsed.GetResult(BackingOnly) is null ? null : Kinds(parsed.GetValue(BackingOnly)),
            Sample = parsed.GetValue(Sample),
            AllowEmbedded = parsed.GetValue(AllowEmbedded),
        };

    /// <summary>Returns all kinds for no value, and null for a value that names something else.</summary>
    private static BackingKinds? Kinds(string? names)
    {
        if (names is null)
            return BackingKinds.All;
        var kinds = BackingKinds.None;
        foreach (var name in names.Split(','))
        {
            BackingKinds? kind = name switch
            {
                "mongo" => BackingKinds.Mongo,
                "redis" => BackingKinds.Redis,
                "mail" => BackingKinds.Mail,
                _ => null,
            };
            if (kind is null)
                return null;
            kinds |= kind.Value;
        }
        return kinds;
    }

    private static string[] ConfigurationWords(ParseResult parsed)
    {
        RefuseUnknown(parsed.UnmatchedTokens);
        return parsed.GetValue(Urls) is { } urls ? [.. parsed.UnmatchedTokens, "--urls", urls] : [.. parsed.UnmatchedTokens];
    }

    /// <summary>A misspelt option must not be taken for configuration and quietly ignored.</summary>
    private static void RefuseUnknown(IReadOnlyList<string> words)
    {
        foreach (var word in words)
        {
            if (!(word.StartsWith("--", StringComparison.Ordinal) && word.Contains(':') && word.Contains('=')))
            {
                throw new StandaloneException(
                    $"unknown option '{word}'. Settings are given as --Section:Key=value; --help lists the options."
                );
            }
        }
    }

    private static Option<int> Port(string name, string description, int byDefault)
    {
        var option = new Option<int>(name)
        {
            Description = description,
            HelpName = "PORT",
            DefaultValueFactory = _ => byDefault,
        };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && (!ushort.TryParse(result.Tokens[0].Value, out _)))
                result.AddError($"{name} takes a port from 0 to 65535.");
        });
        return option;
    }
}
