namespace MovieLms.Standalone;

/// <summary>Prints the addresses of the services and pages once at startup. Passwords are shown only on a terminal.</summary>
internal static class StartupTable
{
    internal static void Write(TextWriter output, WebApplication app, EmbeddedBackingServices backing, DataFolder folder)
    {
        var address = ListenAddress.GetReachableUrl(app.Urls.First());
        List<(string Name, string Value)> rows =
        [
            ("MovieLms", address),
            ("Chat", $"{address}/chat"),
            ("API reference", $"{address}/scalar"),
            ("Jobs", $"{address}/jobs"),
            ("Health", $"{address}/health"),
        ];
        if (backing.Mail is not null)
            rows.Insert(3, CreateInboxRow($"{address}/mail"));
        rows.AddRange(DescribeBacking(app.Configuration, backing));
        rows.Add(("Data", Describe(folder)));
        Write(output, rows);
        output.WriteLine("  Ctrl+C stops it.");
    }

    /// <summary>Prints the addresses of the backing services, and of the inbox page if <paramref name="inbox"/> is not null.</summary>
    internal static void WriteBacking(TextWriter output, EmbeddedBackingServices backing, string? inbox, DataFolder folder) =>
        Write(
            output,
            [.. DescribeBacking(null, backing), .. inbox is null ? [] : new[] { CreateInboxRow(inbox) }, ("Data", Describe(folder))]
        );

    private static (string Name, string Value) CreateInboxRow(string inbox) => ("Caught mail", inbox);

    private static IEnumerable<(string, string)> DescribeBacking(IConfiguration? configuration, EmbeddedBackingServices backing)
    {
        if (backing.Mongo is { } mongo)
            yield return ("MongoDB (embedded)", backing.MongoPassword!.Format(mongo.ConnectionString, !Console.IsOutputRedirected));
        else if (configuration is not null)
            yield return ("MongoDB", "from ConnectionStrings:mongodb");
        if (backing.Redis is { } redis)
            yield return ("Redis (embedded)", backing.RedisPassword.Format(redis.ConnectionString, !Console.IsOutputRedirected));
        else if (configuration is not null)
            yield return ("Redis", "from ConnectionStrings:redis");
        if (backing.Mail is { } mail)
            yield return ("SMTP (embedded)", mail.ConnectionString);
        else if (configuration is not null)
            yield return ("SMTP", "from ConnectionStrings:smtp");
    }

    private static string Describe(DataFolder folder) => folder.IsEphemeral ? "in memory, deleted when the process stops" : folder.Path;

    private static void Write(TextWriter output, IReadOnlyList<(string Name, string Value)> rows)
    {
        var width = rows.Max(row => row.Name.Length);
        output.WriteLine();
        foreach (var (name, value) in rows)
            output.WriteLine($"  {name.PadRight(width)}  {value}");
        output.WriteLine();
        output.Flush();
    }
}
