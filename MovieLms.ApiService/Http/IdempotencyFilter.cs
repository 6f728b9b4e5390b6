using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Metadata;
using MongoDB.Bson;
using MovieLms.Data.Idempotency;
using MovieLms.ServiceDefaults.Serialization;

namespace MovieLms.ApiService.Http;

/// <summary>
/// Gives an endpoint that takes a JSON body the header <c>Idempotency-Key</c>. The content is compared as it was bound: white
/// space and the order of members do not make another request. Uploads, whose content is not bound, use <see cref="IdempotencyGate"/>.
/// </summary>
internal sealed class IdempotencyFilter(IdempotencyGate gate) : IEndpointFilter
{
    private static readonly string[] KeptHeaders = ["Content-Type", "Location", "ETag"];

    /// <inheritdoc/>
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        var operation = $"{http.Request.Method} {http.Request.Path}{http.Request.QueryString}";
        if (await gate.BeginAsync(http, operation) is not { } attempt)
            return await next(context);

        var fingerprint = Fingerprint(context);
        if (!attempt.IsMine)
            return Replay(attempt, fingerprint);
        http.Features.Set(attempt);
        var answer = await gate.HoldAsync(attempt, async () => await RecordAsync(http, await next(context), fingerprint));
        await gate.SettleAsync(attempt, answer, CancellationToken.None);
        return new IdempotentResult(answer);
    }

    private static IResult Replay(IdempotencyDocument earlier, string fingerprint) =>
        earlier.Answer switch
        {
            null => TypedResults.Problem(IdempotencyGate.StillRunning),
            { } answer when answer.Fingerprint != fingerprint => TypedResults.Problem(IdempotencyGate.OtherContent),
            { } answer => new IdempotentResult(answer),
        };

    private static string Fingerprint(EndpointFilterInvocationContext context)
    {
        var bodyType = context.HttpContext.GetEndpoint()?.Metadata.GetMetadata<IAcceptsMetadata>()?.RequestType;
        var body = context.Arguments.FirstOrDefault(argument => argument?.GetType() == bodyType);
        return Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(body, Json.Options)));
    }

    /// <summary>Runs the result against memory, so that what is sent and what is kept are the same bytes.</summary>
    private static async Task<IdempotentAnswer> RecordAsync(HttpContext http, object? result, string fingerprint)
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
        return new IdempotentAnswer(fingerprint, http.Response.StatusCode, headers, memory.ToArray());
    }
}

/// <summary>Puts the filter on endpoints and gives handlers the reserved id.</summary>
internal static class IdempotencyExtensions
{
    /// <summary>Lets clients retry the endpoint's POST under an <c>Idempotency-Key</c>.</summary>
    internal static RouteHandlerBuilder WithIdempotency(this RouteHandlerBuilder endpoint) =>
        endpoint
            .AddEndpointFilter<IdempotencyFilter>()
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);

    /// <summary>The id that what this request creates should take: a retry after a crash then finds it instead of making another.</summary>
    internal static ObjectId ReservedId(this HttpContext http) => IdempotencyGate.ResourceId(http.Features.Get<IdempotencyDocument>());
}
