using MailKit.Security;

namespace MovieLms.Worker.Mail;

/// <summary>
/// The parts of <c>ConnectionStrings:smtp</c>: <c>smtp://user:password@host:port?tls=starttls|tls|none&amp;authority=file.pem</c>.
/// </summary>
internal sealed record MailConnection(string Host, int Port, string? User, string? Password, SecureSocketOptions Security)
{
    /// <summary>
    /// The PEM file of the private CA that issued the server's certificate; null to trust the CAs of this machine.
    /// </summary>
    internal string? Authority { get; init; }

    private const int SubmissionPort = 587;
    private const int TlsPort = 465;

    /// <exception cref="InvalidOperationException">The text has another format.</exception>
    internal static MailConnection Parse(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri))
            throw InvalidFormat();
        if (uri.Scheme == "pickup")
            throw PickupNotSupported();
        if (uri.Scheme is not ("smtp" or "smtps") || uri.Host.Length == 0)
            throw InvalidFormat();
        var tls = GetParameter(uri, "tls") ?? (uri.Scheme == "smtps" ? "tls" : "starttls");
        var security = tls switch
        {
            // Not StartTlsWhenAvailable: a network attacker could make it unavailable.
            "starttls" => SecureSocketOptions.StartTls,
            "tls" => SecureSocketOptions.SslOnConnect,
            "none" => SecureSocketOptions.None,
            _ => throw InvalidFormat(),
        };
        var parts = uri.UserInfo.Split(':', 2);
        var user = parts[0].Length > 0 ? Uri.UnescapeDataString(parts[0]) : null;
        var password = parts.Length == 2 ? Uri.UnescapeDataString(parts[1]) : null;
        var port =
            uri.Port > 0 ? uri.Port
            : security == SecureSocketOptions.SslOnConnect ? TlsPort
            : SubmissionPort;
        return new MailConnection(uri.Host, port, user, password, security) { Authority = GetParameter(uri, "authority") };
    }

    private static string? GetParameter(Uri uri, string name) =>
        uri
            .Query.TrimStart('?')
            .Split('&')
            .Select(pair => pair.Split('=', 2))
            .Where(pair => pair.Length == 2 && pair[0] == name)
            .Select(pair => Uri.UnescapeDataString(pair[1]))
            .FirstOrDefault();

    /// <summary>The message does not include the text, which may contain a password.</summary>
    private static InvalidOperationException InvalidFormat() =>
        new(
            "ConnectionStrings:smtp must have the format smtp://user:password@host:port?tls=starttls|tls|none. "
                + "Percent-encode special characters in the password."
        );

    private static InvalidOperationException PickupNotSupported() =>
        new(
            "ConnectionStrings:smtp no longer supports pickup:// folders. To catch mail instead of sending it, run "
                + "'MovieLms.Standalone --backing-only=mail' and set smtp://127.0.0.1:5425?tls=none."
        );
}
