namespace MovieLms.ApiService.PersonalData;

/// <summary>Registers the export of users' data.</summary>
internal static class PersonalDataServices
{
    internal static IServiceCollection AddPersonalDataExport(this IServiceCollection services) =>
        services.AddSingleton<DataExportGate>().AddSingleton<DataExport>();
}
