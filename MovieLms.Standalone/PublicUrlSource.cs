namespace MovieLms.Standalone;

/// <summary>
/// The setting <c>PublicUrl</c> while it is not configured: the address that the process listens on. It is known only after the start,
/// while services that start in the background read their settings. Assigning to the configuration would break their enumerations.
/// </summary>
internal sealed class PublicUrlSource : ConfigurationProvider, IConfigurationSource
{
    private const string Key = "PublicUrl";

    public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

    /// <summary>Sets the address. Readers see the settings before or after the change.</summary>
    internal void Set(string url) => Data = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase) { [Key] = url };
}
