using MovieLms.ServiceDefaults.Http;

namespace MovieLms.ApiService.Http;

/// <summary>Declarations shared by groups of endpoints.</summary>
internal static class ApiConventions
{
    /// <summary>
    /// Maps a group of endpoints under a path and a tag, compresses its lists, and declares the problems common to all of them. Every POST
    /// that requires a permission honors <c>Idempotency-Key</c>.
    /// </summary>
    internal static RouteGroupBuilder MapArea(this IEndpointRouteBuilder routes, string path, string tag) =>
        routes
            .MapGroup(path)
            .WithTags(tag)
            .CompressLists()
            .WithIdempotency()
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status429TooManyRequests)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);

    /// <summary>Declares 401 (not signed in) and 403 (permission missing).</summary>
    internal static RouteHandlerBuilder ProducesAccessProblems(this RouteHandlerBuilder endpoint) =>
        endpoint.ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status403Forbidden);

    /// <summary>Declares the errors of a write to one document: access problems, not found (404) and stale version (412).</summary>
    internal static RouteHandlerBuilder ProducesWriteProblems(this RouteHandlerBuilder endpoint) =>
        endpoint
            .ProducesAccessProblems()
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status412PreconditionFailed);

    /// <summary>Declares a response that comes from a cache, for handlers that return <see cref="IResult"/>.</summary>
    internal static RouteHandlerBuilder ProducesCached<T>(this RouteHandlerBuilder endpoint)
    {
        endpoint.Produces<T>().Add(builder => builder.AddCacheHeaders());
        return endpoint;
    }

    /// <summary>Declares that cached responses may be older than the last write.</summary>
    internal static RouteGroupBuilder ProducesAge(this RouteGroupBuilder group)
    {
        ((IEndpointConventionBuilder)group).Add(builder => builder.AddAge());
        return group;
    }

    /// <summary>
    /// Turns off the framework's validation for a list that is served from memory and validates its parameters in the handler.
    /// The framework validates by reflection, which takes a tenth of such a request's time.
    /// </summary>
    internal static RouteHandlerBuilder SkipValidation(this RouteHandlerBuilder endpoint) => endpoint.DisableValidation();
}
