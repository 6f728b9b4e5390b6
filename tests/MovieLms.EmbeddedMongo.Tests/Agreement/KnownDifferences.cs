namespace MovieLms.EmbeddedMongo.Tests.Agreement;

/// <summary>
/// Where the other server is known to differ from MongoDB's manual. Each entry is listed, with the page that decides, in the README of the
/// embedded server.
/// </summary>
internal static class KnownDifferences
{
    private static readonly (int Ours, int Theirs, string Why)[] Codes =
    [
    ];

    /// <summary>Why the two answers differ, or null when nothing is known that explains it.</summary>
    public static string? Explain(AgreementCase agreementCase, Outcome ours, Outcome theirs)
    {
        foreach (var (own, other, why) in Codes)
        {
            if (ours.ErrorCode == own && theirs.ErrorCode == other)
            {
                return why;
            }
        }

        return null;
    }
}
