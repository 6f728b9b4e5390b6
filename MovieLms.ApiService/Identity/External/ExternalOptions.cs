namespace MovieLms.ApiService.Identity.External;

/// <summary>A sign-in provider; bound from <c>Auth:Providers:{name}</c>.</summary>
internal sealed class ProviderOptions
{
    public string? ClientId { get; set; }
    public string? ClientSecret { get; set; }

    /// <summary>The issuer of an OpenID Connect provider, or the address of a GitHub (also an Enterprise Server).</summary>
    public string? Authority { get; set; }

    /// <summary>Where GitHub's API is, when not at api.github.com.</summary>
    public string? ApiAddress { get; set; }

    internal bool IsConfigured => !string.IsNullOrEmpty(ClientId) && !string.IsNullOrEmpty(ClientSecret);
}

/// <summary>The providers that are configured, by name.</summary>
internal sealed record Providers(IReadOnlyDictionary<string, ProviderOptions> Configured)
{
    internal const string Section = "Auth:Providers";
    internal const string GitHub = "github";
    internal const string Google = "google";
    private const string GoogleIssuer = "https://accounts.google.com";

    /// <summary>Known to the product, so that leaving them unconfigured is an answer of its own.</summary>
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
                    $"{Section}:{section.Key}:Authority is missing: the issuer of an OpenID Connect provider."
                );
            }

            configured[name] = options;
        }
        return new Providers(configured);
    }
}
