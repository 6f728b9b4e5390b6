namespace MovieLms.ApiService.Http;

/// <summary>What groups of endpoints declare alike.</summary>
internal static class ApiConventions
{
    /// <summary>Maps a group of endpoints under one path and tag, which may reject input.</summary>
    internal static RouteGroupBuilder MapArea(this IEndpointRouteBuilder routes, string path, string tag) =>
        routes
            .MapGroup(path)
            .WithTags(tag)
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status429TooManyRequests)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);

    /// <summary>Declares that the caller must be signed in and may lack the permission.</summary>
    internal static RouteHandlerBuilder ProducesAccessProblems(this RouteHandlerBuilder endpoint) =>
        endpoint.ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status403Forbidden);

    /// <summary>Declares the ends of a write to one document: unknown (404), changed meanwhile (412).</summary>
    internal static RouteHandlerBuilder ProducesWriteProblems(this RouteHandlerBuilder endpoint) =>
        endpoint
            .ProducesAccessProblems()
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status412PreconditionFailed);

    /// <summary>
    /// A list that is answered from memory and checks each parameter in its handler: the framework's validation would do that
    /// by reflection before, which is a tenth of such a request.
    /// </summary>
    internal static RouteHandlerBuilder ChecksItself(this RouteHandlerBuilder endpoint) => endpoint.DisableValidation();
}
