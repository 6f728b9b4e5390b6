namespace MovieLms.ApiService.Identity.External;

/// <summary>Settings of a sign-in provider, bound from <c>Auth:Providers:{name}</c>.</summary>
internal sealed class ProviderOptions
{
    public string? ClientId { get; set; }
    public string? ClientSecret { get; set; }

    /// <summary>The issuer of an OpenID Connect provider, or the address of GitHub or a GitHub Enterprise Server.</summary>
    public string? Authority { get; set; }

    /// <summary>The address of GitHub's API if it is not api.github.com.</summary>
    public string? ApiAddress { get; set; }

    internal bool IsConfigured => !string.IsNullOrEmpty(ClientId) && !string.IsNullOrEmpty(ClientSecret);
}

/// <summary>The configured providers, by name.</summary>
internal sealed record Providers(IReadOnlyDictionary<string, ProviderOptions> Configured)
{
    internal const string Section = "Auth:Providers";
    internal const string GitHub = "github";
    internal const string Google = "google";
    private const string GoogleIssuer = "https://accounts.google.com";

    /// <summary>Returns true for a built-in provider, for which a missing configuration is reported as 501 and not as 404.</summary>
    internal static bool IsKnown(string name) => name is GitHub or Google;

    internal static Providers Read(IConfiguration configuration)
    {
        var configured = new Dictionary<string, ProviderOptions>(StringComparer.OrdinalIgnoreCase);
        foreach (var section in configuration.GetSection(Section).GetChildren())
        {
            var options = section.Get<ProviderOptions>() ?? new ProviderOptions();
            if (!options.IsConfigured)
                continue;
            var name = section.Key.ToLowerInvariant();
            if (name == Google)
                options.Authority ??= GoogleIssuer;
            if (name != GitHub && string.IsNullOrEmpty(options.Authority))
            {
                throw new InvalidOperationException(
                    $"{Section}:{section.Key}:Authority is missing. It must be the issuer of an OpenID Connect provider."
                );
            }

            configured[name] = options;
        }
        return new Providers(configured);
    }
}
