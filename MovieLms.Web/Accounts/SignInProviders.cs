using System.Net;

namespace MovieLms.Web.Accounts;

/// <summary>A provider where visitors can sign in.</summary>
/// <param name="Name">The name in addresses.</param>
/// <param name="Label">The name for people.</param>
internal sealed record SignInProvider(string Name, string Label)
{
    /// <summary>Returns the address that signs in at the provider and then leads to a page.</summary>
    internal string GetAddress(string returnUrl) =>
        returnUrl == "/" ? $"/sign-in/{Name}" : $"/sign-in/{Name}?returnUrl={Uri.EscapeDataString(returnUrl)}";
}

/// <summary>
/// Finds the providers that the API offers. Asks the API, because it has the settings; other providers than GitHub and Google are those of
/// this host's own settings.
/// </summary>
internal sealed class SignInProviders(IConfiguration configuration, TimeProvider time)
{
    private const string Section = "Auth:Providers";
    private static readonly TimeSpan CacheDuration = TimeSpan.FromMinutes(5);
    private (DateTimeOffset At, IReadOnlyList<SignInProvider> Providers)? _latest;

    /// <summary>Returns the providers; none if the API does not respond.</summary>
    internal async Task<IReadOnlyList<SignInProvider>> ListAsync(HttpClient api, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (_latest is { } latest && now - latest.At < CacheDuration)
            return latest.Providers;
        try
        {
            List<SignInProvider> found = [];
            foreach (var name in ReadNames())
            {
                using var response = await api.GetAsync($"api/auth/{Uri.EscapeDataString(name)}", cancellationToken);
                if (response.StatusCode == HttpStatusCode.Redirect)
                    found.Add(new SignInProvider(name, GetLabel(name)));
            }
            _latest = (now, found);
            return found;
        }
        catch (HttpRequestException)
        {
            return [];
        }
    }

    private IEnumerable<string> ReadNames() =>
        configuration
            .GetSection(Section)
            .GetChildren()
            .Select(provider => provider.Key.ToLowerInvariant())
            .Concat(["github", "google"])
            .Distinct(StringComparer.Ordinal);

    private string GetLabel(string name) =>
        configuration[$"{Section}:{name}:Label"] is { Length: > 0 } label
            ? label
            : name switch
            {
                "github" => "GitHub",
                "google" => "Google",
                _ => char.ToUpperInvariant(name[0]) + name[1..],
            };
}
