namespace MovieLms.Standalone;

/// <summary>What runs where and where to go next, printed once at start.</summary>
internal static class StartupTable
{
    internal static void Write(TextWriter output, WebApplication app, EmbeddedBackingServices backing, DataFolder folder)
    {
        var address = ListenAddress.Reachable(app.Urls.First());
        List<(string What, string Where)> rows =
        [
            ("MovieLms", address),
            ("Chat", $"{address}/chat"),
            ("API reference", $"{address}/scalar"),
            ("Jobs", $"{address}/jobs"),
            ("Health", $"{address}/health"),
        ];
        if (backing.Mail is not null)
            rows.Insert(3, CaughtMail($"{address}/mail"));
        rows.AddRange(Backing(app.Configuration, backing));
        rows.Add(("Data", Describe(folder)));
        Write(output, rows);
        output.WriteLine("  Ctrl+C stops it.");
    }

    /// <param name="inbox">The address of the inbox page, if there is one.</param>
    internal static void WriteBacking(TextWriter output, EmbeddedBackingServices backing, string? inbox, DataFolder folder) =>
        Write(output, [.. Backing(null, backing), .. inbox is null ? [] : new[] { CaughtMail(inbox) }, ("Data", Describe(folder))]);

    private static (string What, string Where) CaughtMail(string inbox) => ("Caught mail", inbox);

    private static IEnumerable<(string, string)> Backing(IConfiguration? configuration, EmbeddedBackingServices backing)
    {
        if (backing.Mongo is { } mongo)
            yield return ("MongoDB (embedded)", mongo.ConnectionString);
        else if (configuration is not null)
            yield return ("MongoDB", "from ConnectionStrings:mongodb");
        if (backing.Redis is { } redis)
            yield return ("Redis (embedded)", redis.ConnectionString);
        else if (configuration is not null)
            yield return ("Redis", "from ConnectionStrings:redis");
        if (backing.Mail is { } mail)
            yield return ("SMTP (embedded)", mail.ConnectionString);
        else if (configuration is not null)
            yield return ("SMTP", "from ConnectionStrings:smtp");
    }

    private static string Describe(DataFolder folder) => folder.IsEphemeral ? "in memory, gone when it stops" : folder.Path;

    private static void Write(TextWriter output, IReadOnlyList<(string What, string Where)> rows)
    {
        var width = rows.Max(row => row.What.Length);
        output.WriteLine();
        foreach (var (what, where) in rows)
            output.WriteLine($"  {what.PadRight(width)}  {where}");
        output.WriteLine();
        output.Flush();
    }
}
