using System.Runtime.CompilerServices;

namespace MovieLms.ApiService.Http.Strict;

/// <summary>
/// Responds with 400 to query parameters that the endpoint does not have. Otherwise a misspelled filter would return everything.
/// </summary>
internal static class UnknownParameters
{
    /// <summary>Adds the check for endpoints under <c>/api</c>. It follows authorization and precedes every cache.</summary>
    internal static void RejectUnknownParameters(this WebApplication app)
    {
        var known = new ConditionalWeakTable<Endpoint, QueryParameters>();
        app.Use(next =>
            context =>
            {
                if (!context.Request.QueryString.HasValue || context.GetEndpoint() is not { } endpoint)
                    return next(context);
                var parameters = known.GetValue(endpoint, QueryParameters.Of);
                return parameters.Accepts(context.Request.QueryString.Value)
                    ? next(context)
                    : Invalid(parameters.FindErrors(context.Request.QueryString.Value)).ExecuteAsync(context);
            }
        );
    }

    /// <summary>Declares that an endpoint ignores unknown query parameters, which mail programs and trackers add to links.</summary>
    internal static TBuilder IgnoreUnknownParameters<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new IgnoresUnknownParameters());

    private static IResult Invalid(IDictionary<string, string[]> errors) =>
        TypedResults.Problem(new HttpValidationProblemDetails(errors) { Status = StatusCodes.Status400BadRequest });
}
