namespace MovieLms.ServiceDefaults.Settings;

/// <summary>A setting in force.</summary>
/// <param name="Name">The name, with colons between its parts.</param>
/// <param name="Value">The value; null if it is hidden. A connection string has only its hosts.</param>
/// <param name="Default">The default of a known setting; null if it has none or is not known.</param>
/// <param name="Source">Where the value comes from, such as <c>environment</c> or <c>appsettings.json</c>; null for a default.</param>
public sealed record SettingValue(string Name, string? Value, string? Default, string? Source)
{
    /// <summary>Whether there is a value that is not shown.</summary>
    public bool IsHidden { get; init; }
}
