using System.Text.Json;
using MovieLms.Client;
using MovieLms.ServiceDefaults.Access;
using MovieLms.ServiceDefaults.Settings;
using MovieLms.Web.Access;
using MovieLms.Web.Session;

namespace MovieLms.Web.Administration;

/// <summary>Reads the settings of this process and of the services in other processes. None of them contains a secret.</summary>
internal sealed class ServiceSettings(SettingsReader own, OtherProcesses others, ConsoleApi console)
{
    /// <summary>The name of this process in addresses.</summary>
    internal const string Own = "web";

    /// <summary>The processes: their names in addresses and for people.</summary>
    internal IReadOnlyList<(string Service, string Name)> Processes { get; } =
    [(Own, ServiceNames.OfThisProcess(others)), .. others.Services.Select(service => (service, ServiceNames.Of(service)))];

    /// <summary>Reads the settings of a process.</summary>
    /// <exception cref="ApiException">The visitor is not an administrator, or there is no such process.</exception>
    internal async Task<IReadOnlyList<SettingValue>> ReadAsync(string service)
    {
        if (service == Own)
        {
            // The role in the session may be out of date.
            var me = await console.Api.GetMeAsync(cancellationToken: console.Left);
            return ApiNames.Of(me.Role) == Roles.Admin
                ? own.Read()
                : throw AdminPages.CreateFailure("The settings are for administrators.", StatusCodes.Status403Forbidden);
        }
        if (!others.Services.Contains(service))
            throw AdminPages.CreateFailure("There is no such service.", StatusCodes.Status404NotFound);
        using var http = console.CreateClient(service);
        using var response = await http.GetAsync("/settings", console.Left);
        if (!response.IsSuccessStatusCode)
            throw AdminPages.CreateFailure("The settings could not be read.", (int)response.StatusCode);
        return await response.Content.ReadFromJsonAsync<IReadOnlyList<SettingValue>>(JsonSerializerOptions.Web, console.Left) ?? [];
    }
}
