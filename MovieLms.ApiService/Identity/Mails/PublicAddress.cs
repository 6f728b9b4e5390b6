using MovieLms.ServiceDefaults.Hardening;

namespace MovieLms.ApiService.Identity.Mails;

/// <summary>The pages of this installation that mail leads to.</summary>
internal sealed class PublicAddress(IConfiguration configuration)
{
    /// <summary>A page of this installation, with a secret in the fragment, which browsers send to nobody.</summary>
    internal string Page(string path, string secret) => $"{Base}{path}#{secret}";

    internal string Base => PublicUrl.Of(configuration);
}
