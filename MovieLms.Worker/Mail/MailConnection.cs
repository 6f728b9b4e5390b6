using MailKit.Security;

namespace MovieLms.Worker.Mail;

/// <summary>
/// What <c>ConnectionStrings:smtp</c> says: <c>smtp://user:password@host:port?tls=starttls|tls|none&amp;authority=file.pem</c>, or
/// <c>pickup:///folder</c>. The folder is null for SMTP.
/// </summary>
internal sealed record MailConnection(string Host, int Port, string? User, string? Password, SecureSocketOptions Security, string? Folder)
{
    /// <summary>A PEM file of the authority that a server within a house has its certificate from; null for those this machine trusts.</summary>
    internal string? Authority { get; init; }

    private const int SubmissionPort = 587;
    private const int TlsPort = 465;

    /// <exception cref="InvalidOperationException">It is neither form.</exception>
    internal static MailConnection Parse(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri)) throw Unreadable();
        if (uri.Scheme == "pickup") return new MailConnection(string.Empty, 0, null, null, SecureSocketOptions.None, Uri.UnescapeDataString(uri.AbsolutePath));
        if (uri.Scheme is not ("smtp" or "smtps") || uri.Host.Length == 0) throw Unreadable();
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
        var port = uri.Port > 0 ? uri.Port : security == SecureSocketOptions.SslOnConnect ? TlsPort : SubmissionPort;
        return new MailConnection(uri.Host, port, user, password, security, null) { Authority = Query(uri, "authority") };
    }

    private static string? Query(Uri uri, string name) => uri.Query.TrimStart('?').Split('&')
        .Select(pair => pair.Split('=', 2)).Where(pair => pair.Length == 2 && pair[0] == name).Select(pair => Uri.UnescapeDataString(pair[1])).FirstOrDefault();

    /// <summary>The text itself is not repeated: it holds a password.</summary>
    private static InvalidOperationException Unreadable() => new(
        "ConnectionStrings:smtp is neither smtp://user:password@host:port?tls=starttls|tls|none nor pickup:///folder. A password with special characters is percent-encoded.");
}
