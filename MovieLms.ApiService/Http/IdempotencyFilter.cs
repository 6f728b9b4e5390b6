using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Metadata;
using MongoDB.Bson;
using MovieLms.Data.Idempotency;
using MovieLms.ServiceDefaults.Http;
using MovieLms.ServiceDefaults.Serialization;

namespace MovieLms.ApiService.Http;

/// <summary>
/// Supports the <c>Idempotency-Key</c> header on endpoints with a JSON body. Requests are compared after binding, so white space and
/// member order do not matter. Uploads have no bound body and use <see cref="IdempotencyGate"/> directly.
/// </summary>
internal sealed class IdempotencyFilter(IdempotencyGate gate) : IEndpointFilter
{
    private static readonly string[] KeptHeaders = ["Content-Type", "Location", "ETag"];

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        var operation = $"{http.Request.Method} {http.Request.Path}{http.Request.QueryString}";
        if (await gate.BeginAsync(http, operation) is not { } attempt)
            return await next(context);

        var fingerprint = Fingerprint(context);
        if (!attempt.IsOwner)
            return Replay(attempt, fingerprint);
        http.Features.Set(attempt);
        var response = await gate.RunAsync(attempt, async () => await RecordAsync(http, await next(context), fingerprint));
        await gate.RecordOutcomeAsync(attempt, response, CancellationToken.None);
        return new IdempotentResult(response);
    }

    private static IResult Replay(IdempotencyDocument earlier, string fingerprint) =>
        earlier.Answer switch
        {
            null => TypedResults.Problem(IdempotencyGate.RequestInProgress),
            { } response when response.Fingerprint != fingerprint => TypedResults.Problem(IdempotencyGate.KeyReused),
            { } response => new IdempotentResult(response),
        };

    private static string Fingerprint(EndpointFilterInvocationContext context)
    {
        var bodyType = context.HttpContext.GetEndpoint()?.Metadata.GetMetadata<IAcceptsMetadata>()?.RequestType;
        var body = context.Arguments.FirstOrDefault(argument => argument?.GetType() == bodyType);
        return Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(body, Json.Options)));
    }

    /// <summary>Executes the result into memory, so the bytes that are sent and the bytes that are stored are the same.</summary>
    private static async Task<IdempotentResponse> RecordAsync(HttpContext http, object? result, string fingerprint)
    {
        var wire = http.Response.Body;
        using var memory = new MemoryStream();
        http.Response.Body = memory;
        try
        {
            await (result as IResult ?? TypedResults.Json(result)).ExecuteAsync(http);
            await http.Response.BodyWriter.FlushAsync(http.RequestAborted);
        }
        finally
        {
            http.Response.Body = wire;
        }
        var headers = KeptHeaders
            .Where(name => http.Response.Headers.ContainsKey(name))
            .ToDictionary(name => name, name => http.Response.Headers[name].ToString());
        return new IdempotentResponse(fingerprint, http.Response.StatusCode, headers, memory.ToArray());
    }
}

/// <summary>Adds the filter to endpoints and gives handlers the reserved ID.</summary>
internal static class IdempotencyExtensions
{
    /// <summary>Lets clients retry a POST safely with an <c>Idempotency-Key</c>.</summary>
    internal static RouteHandlerBuilder WithIdempotency(this RouteHandlerBuilder endpoint) =>
        endpoint.AddEndpointFilter<IdempotencyFilter>().DeclaresIdempotency();

    /// <summary>Declares the header and its errors for an endpoint that uses <see cref="IdempotencyGate"/>.</summary>
    internal static RouteHandlerBuilder DeclaresIdempotency(this RouteHandlerBuilder endpoint) =>
        endpoint
            .WithMetadata(new RequestHeader(IdempotencyGate.Header))
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);

    /// <summary>
    /// Returns the ID to use for the document that this request creates. A retry after a crash then finds that document instead of
    /// creating a second one.
    /// </summary>
    internal static ObjectId ReservedId(this HttpContext http) => IdempotencyGate.ResourceId(http.Features.Get<IdempotencyDocument>());
}
