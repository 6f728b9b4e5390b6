using System.Text.RegularExpressions;
using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Storage;

namespace MovieLms.Testing;

/// <summary>Reads mail from the outbox of a host that does not send mail.</summary>
public static partial class TestMail
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    /// <summary>Waits for the newest mail to an address with a subject, and returns its plain text.</summary>
    public static Task<string> GetMailTextAsync(this ServiceHost host, string to, string subject) =>
        host.Database.GetMailTextAsync(to, subject);

    /// <summary>Waits for the newest mail to an address with a subject, and returns its plain text.</summary>
    public static async Task<string> GetMailTextAsync(this IMongoDatabase database, string to, string subject)
    {
        var filter = new BsonDocument { { "to", to }, { "subject", subject } };
        using var timeout = new CancellationTokenSource(Timeout);
        while (true)
        {
            using var found = await database
                .GetCollection<BsonDocument>(CollectionNames.Outbox)
                .FindAsync(filter, new FindOptions<BsonDocument> { Sort = new BsonDocument("_id", -1), Limit = 1 }, timeout.Token);
            if (await found.MoveNextAsync(timeout.Token) && found.Current.FirstOrDefault() is { } mail)
                return mail["text"].AsString;
            await Task.Delay(50, timeout.Token);
        }
    }

    /// <summary>Returns the six-digit code in a mail.</summary>
    public static string ExtractCode(string text) => SixDigits().Match(text).Value;

    /// <summary>Returns the token in the link of a mail.</summary>
    public static string ExtractToken(string text) => Fragment().Match(text).Groups[1].Value;

    [GeneratedRegex(@"(?<=\n    )[0-9]{6}(?=\n)")]
    private static partial Regex SixDigits();

    [GeneratedRegex(@"https?://\S+#(\S+)")]
    private static partial Regex Fragment();
}
