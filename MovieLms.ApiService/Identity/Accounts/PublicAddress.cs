namespace MovieLms.ApiService.Identity.Accounts;

/// <summary>
/// Where people reach this installation: <c>PublicUrl</c>. Links in mail are made from it and never from a request's Host
/// header, which whoever asks for somebody else's reset could choose.
/// </summary>
internal sealed class PublicAddress(IConfiguration configuration)
{
    private const string Default = "http://localhost:5400";

    /// <summary>A page of this installation, with a secret in the fragment, which browsers send to nobody.</summary>
    internal string Page(string path, string secret) => $"{Base}{path}#{secret}";

    internal string Base => (configuration["PublicUrl"] is { Length: > 0 } url ? url : Default).TrimEnd('/');
}
