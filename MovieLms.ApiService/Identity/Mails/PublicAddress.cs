using MovieLms.ServiceDefaults.Hardening;

namespace MovieLms.ApiService.Identity.Mails;

/// <summary>Builds the links to this installation that mails contain.</summary>
internal sealed class PublicAddress(IConfiguration configuration)
{
    /// <summary>Returns the URL of a page with a secret in the fragment, which browsers never send to a server.</summary>
    internal string GetPageUrl(string path, string secret) => $"{Base}{path}#{secret}";

    internal string Base => PublicUrl.Get(configuration);
}
