using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Validation;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace MovieLms.ApiService.Http.Strict;

/// <summary>Registers the checks that reject unknown input.</summary>
internal static class StrictInputExtensions
{
    /// <summary>Makes request bodies strict. Call it after <c>AddValidation</c>, whose validation it extends.</summary>
    internal static void AddStrictInput(this IServiceCollection services)
    {
        services.AddSingleton<UnknownMembers>();
        services
            .AddOptions<JsonOptions>()
            .PostConfigure<UnknownMembers>(
                (options, unknown) =>
                    options.SerializerOptions.TypeInfoResolver = options.SerializerOptions.TypeInfoResolver?.WithAddedModifier(
                        unknown.Configure
                    )
            );
        services
            .AddOptions<ValidationOptions>()
            .PostConfigure<UnknownMembers, IOptions<JsonOptions>>(
                (options, unknown, json) => RequestValidation.Extend(options, unknown, json.Value.SerializerOptions)
            );
    }
}
