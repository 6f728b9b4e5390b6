using System.CommandLine;
using System.CommandLine.Invocation;

namespace MovieLms.Standalone;

/// <summary>
/// Parses the command line. Arguments of the form <c>--Section:Key=value</c> and <c>--urls</c> are passed to the configuration.
/// </summary>
internal static class StandaloneCommand
{
    internal const string ResetPasswordName = "--reset-password";

    private static readonly Option<string> Data = new("--data")
    {
        Description = "Folder for the data",
        HelpName = "DIR",
        DefaultValueFactory = _ => new StandaloneOptions().DataDirectory,
    };

    private static readonly Option<bool> Ephemeral = new("--ephemeral") { Description = "Delete all data when the process ends" };
    private static readonly Option<int> MongoPort = CreatePortOption(
        "--mongo-port",
        "Port of the embedded MongoDB (0: any free port)",
        new StandaloneOptions().MongoPort
    );
    private static readonly Option<int> RedisPort = CreatePortOption(
        "--redis-port",
        "Port of the embedded Redis (0: any free port)",
        new StandaloneOptions().RedisPort
    );
    private static readonly Option<int> SmtpPort = CreatePortOption(
        "--smtp-port",
        "Port of the embedded SMTP server (0: any free port)",
        new StandaloneOptions().SmtpPort
    );
    private static readonly Option<int> MailPort = CreatePortOption(
        "--mail-port",
        "Port of the inbox page with --backing-only (0: any free port)",
        new StandaloneOptions().MailPort
    );

    private static readonly Option<string?> BackingOnly = new("--backing-only")
    {
        Description = "Start only the given backing services (default: all), for services that run as separate processes",
        HelpName = "mongo,redis,mail",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private static readonly Option<bool> Sample = new("--sample") { Description = "Import 3,200 sample movies at the first start" };
    private static readonly Option<bool> AllowEmbedded = new("--allow-embedded")
    {
        Description = "Allow the embedded MongoDB in Production",
    };
    private static readonly Option<string?> ResetPassword = new(ResetPasswordName)
    {
        Description = "Set a new random password for a user, print it and exit",
        HelpName = "EMAIL",
    };
    private static readonly Option<string?> Urls = new("--urls")
    {
        Description = "Addresses to listen on (default http://localhost:5400)",
        HelpName = "URLS",
    };

    /// <summary>
    /// Parses the command line, calls <paramref name="run"/> with the options and the configuration arguments, and returns the exit code.
    /// A <see cref="StandaloneException"/> is printed as one sentence, with exit code 1.
    /// </summary>
    internal static Task<int> InvokeAsync(string[] args, Func<StandaloneOptions, string[], CancellationToken, Task> run)
    {
        BackingOnly.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && ParseKinds(result.Tokens[0].Value) is null)
                result.AddError("--backing-only must be mongo, redis, mail or a list of them (mongo,mail), or have no value for all.");
        });
        var root = new RootCommand("MovieLms in one process: API, worker, realtime and their backing services.")
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
            ResetPassword,
            Urls,
        };
        root.TreatUnmatchedTokensAsErrors = false;
        root.SetAction(
            async (parsed, cancellationToken) =>
            {
                try
                {
                    await run(ReadOptions(parsed), GetConfigurationArguments(parsed), cancellationToken);
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
        // Print only the error, without the help text.
        if (parsed.Action is ParseErrorAction error)
            error.ShowHelp = false;
        return parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false });
    }

    private static StandaloneOptions ReadOptions(ParseResult parsed) =>
        new()
        {
            DataDirectory = parsed.GetRequiredValue(Data),
            Ephemeral = parsed.GetValue(Ephemeral),
            MongoPort = parsed.GetValue(MongoPort),
            RedisPort = parsed.GetValue(RedisPort),
            MongoPassword = EmbeddedPassword.Read(EmbeddedPassword.MongoVariable),
            RedisPassword = EmbeddedPassword.Read(EmbeddedPassword.RedisVariable),
            SmtpPort = parsed.GetValue(SmtpPort),
            MailPort = parsed.GetValue(MailPort),
            BackingOnly = parsed.GetResult(BackingOnly) is null ? null : ParseKinds(parsed.GetValue(BackingOnly)),
            Sample = parsed.GetValue(Sample),
            ResetPasswordOf = parsed.GetValue(ResetPassword),
            AllowEmbedded = parsed.GetValue(AllowEmbedded),
        };

    /// <summary>Returns all kinds for null, and null for an unknown kind.</summary>
    private static BackingKinds? ParseKinds(string? names)
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

    private static string[] GetConfigurationArguments(ParseResult parsed)
    {
        RejectUnknown(parsed.UnmatchedTokens);
        return parsed.GetValue(Urls) is { } urls ? [.. parsed.UnmatchedTokens, "--urls", urls] : [.. parsed.UnmatchedTokens];
    }

    /// <summary>Throws for an unknown option, so that a misspelled one is not ignored as configuration.</summary>
    private static void RejectUnknown(IReadOnlyList<string> arguments)
    {
        foreach (var argument in arguments)
        {
            if (!(argument.StartsWith("--", StringComparison.Ordinal) && argument.Contains(':') && argument.Contains('=')))
            {
                throw new StandaloneException(
                    $"unknown option '{argument}'. Use --Section:Key=value for settings; --help lists the options."
                );
            }
        }
    }

    private static Option<int> CreatePortOption(string name, string description, int defaultPort)
    {
        var option = new Option<int>(name)
        {
            Description = description,
            HelpName = "PORT",
            DefaultValueFactory = _ => defaultPort,
        };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && (!ushort.TryParse(result.Tokens[0].Value, out _)))
                result.AddError($"{name} must be a port between 0 and 65535.");
        });
        return option;
    }
}
