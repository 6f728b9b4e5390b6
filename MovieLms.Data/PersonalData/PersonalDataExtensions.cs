using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using MovieLms.Data.Identity;

namespace MovieLms.Data.PersonalData;

/// <summary>Registers the export and the erasure of users' data.</summary>
internal static class PersonalDataExtensions
{
    internal static void AddPersonalData(this IServiceCollection services) =>
        services
            .AddSingleton(provider => AccountOptions.From(provider.GetService<IConfiguration>()))
            .AddSingleton<PersonalDataReader>()
            .AddSingleton<PersonalDataEraser>()
            .AddSingleton<AccountErasure>();
}
