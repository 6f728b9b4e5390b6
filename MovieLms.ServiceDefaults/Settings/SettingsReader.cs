using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.CommandLine;
using Microsoft.Extensions.Configuration.EnvironmentVariables;

namespace MovieLms.ServiceDefaults.Settings;

/// <summary>Reads the settings in force, without secrets.</summary>
public sealed class SettingsReader(IConfiguration configuration)
{
    private const int MaxSettings = 2_000;
    private const int MaxValueLength = 500;

    /// <summary>Returns the settings by name: those that are set, and known ones with a default.</summary>
    public IReadOnlyList<SettingValue> Read()
    {
        var set = configuration
            .AsEnumerable()
            .Where(pair => pair.Value is not null && KnownSettings.IsSetting(pair.Key))
            .Take(MaxSettings)
            .Select(pair => Describe(pair.Key, pair.Value!))
            .ToList();
        var names = set.Select(setting => setting.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var defaults = KnownSettings
            .All.Where(known => known.Default is not null && !names.Contains(known.Name))
            .Select(known => new SettingValue(known.Name, known.Default, known.Default, Source: null));
        return [.. set.Concat(defaults).OrderBy(setting => setting.Name, StringComparer.OrdinalIgnoreCase)];
    }

    private SettingValue Describe(string name, string value)
    {
        var shown = GetShownValue(name, value);
        return new SettingValue(name, shown, KnownSettings.GetDefault(name), GetSource(name)) { IsHidden = shown is null };
    }

    private static string? GetShownValue(string name, string value)
    {
        if (value.Length == 0)
            return value;
        if (name.StartsWith(KnownSettings.ConnectionStrings + ":", StringComparison.OrdinalIgnoreCase))
            return Addresses.GetHosts(value);
        if (!KnownSettings.CanShow(name) || Addresses.HasCredentials(value))
            return null;
        return value.Length <= MaxValueLength ? value : value[..MaxValueLength] + "…";
    }

    /// <summary>Returns the last source that sets the name, which takes precedence.</summary>
    private string? GetSource(string name) =>
        (configuration as IConfigurationRoot)?.Providers.LastOrDefault(provider => provider.TryGet(name, out _)) switch
        {
            null => null,
            EnvironmentVariablesConfigurationProvider => "environment",
            CommandLineConfigurationProvider => "command line",
            FileConfigurationProvider { Source.Path: { } path } => Path.GetFileName(path),
            ChainedConfigurationProvider => "host",
            _ => "program",
        };
}
