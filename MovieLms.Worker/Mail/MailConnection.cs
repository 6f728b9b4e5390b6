using MailKit.Security;

namespace MovieLms.Worker.Mail;

/// <summary>
/// The parts of <c>ConnectionStrings:smtp</c>: <c>smtp://user:password@host:port?tls=starttls|tls|none&amp;authority=file.pem</c>.
/// </summary>
internal sealed record MailConnection(string Host, int Port, string? User, string? Password, SecureSocketOptions Security)
{
    /// <summary>
    /// A PEM file of the authority that a server within a house has its certificate from; null for those this machine trusts.
    /// </summary>
    internal string? Authority { get; init; }

    private const int SubmissionPort = 587;
    private const int TlsPort = 465;

    /// <exception cref="InvalidOperationException">It has another form.</exception>
    internal static MailConnection Parse(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri))
            throw Unreadable();
        if (uri.Scheme == "pickup")
            throw PickupFolder();
        if (uri.Scheme is not ("smtp" or "smtps") || uri.Host.Length == 0)
            throw Unreadable();
        var tls = Query(uri, "tls") ?? (uri.Scheme == "smtps" ? "tls" : "starttls");
        var security = tls switch
        {
            // Not StartTlsWhenAvailable: who can cut a connection could make it unavailable.
            "starttls" => SecureSocketOptions.StartTls,
            "tls" => SecureSocketOptions.SslOnConnect,
            "none" => SecureSocketOptions.None,
            _ => throw Unreadable(),
        };
        var parts = uri.UserInfo.Split(':', 2);
        var user = parts[0].Length > 0 ? Uri.UnescapeDataString(parts[0]) : null;
        var password = parts.Length == 2 ? Uri.UnescapeDataString(parts[1]) : null;
        var port =
            uri.Port > 0 ? uri.Port
            : security == SecureSocketOptions.SslOnConnect ? TlsPort
            : SubmissionPort;
        return new MailConnection(uri.Host, port, user, password, security) { Authority = Query(uri, "authority") };
    }

    private static string? Query(Uri uri, string name) =>
        uri
            .Query.TrimStart('?')
            .Split('&')
            .Select(pair => pair.Split('=', 2))
            .Where(pair => pair.Length == 2 && pair[0] == name)
            .Select(pair => Uri.UnescapeDataString(pair[1]))
            .FirstOrDefault();

    /// <summary>The message does not repeat the text, which contains a password.</summary>
    private static InvalidOperationException Unreadable() =>
        new(
            "ConnectionStrings:smtp must have the form smtp://user:password@host:port?tls=starttls|tls|none. "
                + "Percent-encode special characters in the password."
        );

    private static InvalidOperationException PickupFolder() =>
        new(
            "ConnectionStrings:smtp no longer takes pickup:// folders; to catch mail instead of sending it, run "
                + "'MovieLms.Standalone --backing-only=mail' and set smtp://127.0.0.1:5425?tls=none."
        );
}
