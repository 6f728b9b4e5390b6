using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using MongoDB.Bson;
using MovieLms.Data.Idempotency;
using MovieLms.ServiceDefaults.Http;

namespace MovieLms.ApiService.Http;

/// <summary>How a POST honors <c>Idempotency-Key</c>.</summary>
internal enum IdempotencyMode
{
    /// <summary><see cref="IdempotencyFilter"/> stores the response.</summary>
    StoresResponse,

    /// <summary><see cref="IdempotencyFilter"/> stores the response without its body, which contains a credential.</summary>
    WithholdsBody,

    /// <summary>The handler uses <see cref="IdempotencyGate"/>, because it reads the body itself.</summary>
    Handler,

    /// <summary>The header is ignored, because the POST only reads.</summary>
    ReadsOnly,
}

/// <summary>Endpoint metadata: how a POST honors <c>Idempotency-Key</c>.</summary>
internal sealed record IdempotencyMetadata(IdempotencyMode Mode);

/// <summary>Lets clients retry every POST that requires a permission.</summary>
internal static class IdempotencyConventions
{
    /// <summary>Makes every POST of the group that requires a permission honor <c>Idempotency-Key</c>, and declares the header.</summary>
    internal static RouteGroupBuilder WithIdempotency(this RouteGroupBuilder group)
    {
        IEndpointConventionBuilder endpoints = group;
        // The factory runs after the conventions of the endpoint itself, so that it sees their metadata.
        endpoints.Add(endpoint =>
            endpoint.FilterFactories.Add(
                (context, next) =>
                {
                    if (!IsAuthenticatedPost(endpoint) || GetMode(endpoint) is IdempotencyMode.Handler or IdempotencyMode.ReadsOnly)
                        return next;
                    var filter = context.ApplicationServices.GetRequiredService<IdempotencyFilter>();
                    return invocation => filter.InvokeAsync(invocation, next);
                }
            )
        );
        endpoints.Finally(endpoint =>
        {
            if (IsAuthenticatedPost(endpoint) && GetMode(endpoint) is not (IdempotencyMode.Handler or IdempotencyMode.ReadsOnly))
                Declare(endpoint, GetMode(endpoint));
        });
        return group;
    }

    /// <summary>Declares that the response contains a credential, so that it is not stored and a retry gets 409.</summary>
    internal static RouteHandlerBuilder ReturnsCredential(this RouteHandlerBuilder endpoint) =>
        endpoint.WithMetadata(new IdempotencyMetadata(IdempotencyMode.WithholdsBody));

    /// <summary>Declares that a POST only reads, so that it needs no <c>Idempotency-Key</c>.</summary>
    internal static RouteHandlerBuilder ReadsOnly(this RouteHandlerBuilder endpoint) =>
        endpoint.WithMetadata(new IdempotencyMetadata(IdempotencyMode.ReadsOnly));

    /// <summary>Declares the header and its errors for an endpoint that uses <see cref="IdempotencyGate"/>.</summary>
    internal static RouteHandlerBuilder DeclaresIdempotency(this RouteHandlerBuilder endpoint)
    {
        ((IEndpointConventionBuilder)endpoint).Add(builder => Declare(builder, IdempotencyMode.Handler));
        return endpoint;
    }

    /// <summary>
    /// Returns the ID to use for the document that this request creates. A retry after a crash then finds that document instead of
    /// creating a second one.
    /// </summary>
    internal static ObjectId ReservedId(this HttpContext http) => IdempotencyGate.ResourceId(http.Features.Get<IdempotencyDocument>());

    private static void Declare(EndpointBuilder endpoint, IdempotencyMode mode)
    {
        endpoint.Metadata.Add(new IdempotencyMetadata(mode));
        endpoint.Metadata.Add(new RequestHeader(IdempotencyGate.Header));
        endpoint.Metadata.Add(new ResponseHeader(StatusCodes.Status409Conflict, "Retry-After"));
        foreach (var status in new[] { StatusCodes.Status409Conflict, StatusCodes.Status422UnprocessableEntity })
            endpoint.Metadata.Add(new ProducesResponseTypeMetadata(status, typeof(ProblemDetails), ["application/problem+json"]));
    }

    private static IdempotencyMode GetMode(EndpointBuilder endpoint) =>
        endpoint.Metadata.OfType<IdempotencyMetadata>().LastOrDefault()?.Mode ?? IdempotencyMode.StoresResponse;

    private static bool IsAuthenticatedPost(EndpointBuilder endpoint) =>
        endpoint.Metadata.OfType<IHttpMethodMetadata>().Any(metadata => metadata.HttpMethods.Contains(HttpMethods.Post))
        && endpoint.Metadata.OfType<IAuthorizeData>().Any()
        && !endpoint.Metadata.OfType<IAllowAnonymous>().Any();
}
