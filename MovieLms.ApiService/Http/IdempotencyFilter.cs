using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http.Metadata;
using MovieLms.Data.Idempotency;
using MovieLms.ServiceDefaults.Serialization;

namespace MovieLms.ApiService.Http;

/// <summary>
/// Supports the <c>Idempotency-Key</c> header on endpoints with a JSON body or none. Requests are compared after binding, so white space
/// and member order do not matter. Uploads have no bound body and use <see cref="IdempotencyGate"/> directly.
/// </summary>
/// <param name="gate">Claims keys and records outcomes.</param>
/// <param name="protection">Encrypts fingerprints: a plain hash of a body with a password could be guessed.</param>
internal sealed class IdempotencyFilter(IdempotencyGate gate, IDataProtectionProvider protection) : IEndpointFilter
{
    private static readonly string[] KeptHeaders = ["Content-Type", "Location", "ETag", "Cache-Control"];
    private readonly IDataProtector _protector = protection.CreateProtector("MovieLms.IdempotencyFingerprints.v1");

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        if (await gate.BeginAsync(http, $"{http.Request.Method} {http.Request.Path}") is not { } attempt)
            return await next(context);

        var hash = HashContent(context);
        if (!attempt.IsOwner)
            return Replay(attempt, hash, http);
        http.Features.Set(attempt);
        var aborted = http.RequestAborted;
        Detach(context);
        try
        {
            return new IdempotentResult(
                await gate.RunAsync(
                    attempt,
                    async () =>
                    {
                        var response = await RecordAsync(http, await next(context), hash);
                        var kept = IsWithheld(http) ? response with { Body = null } : response;
                        await gate.RecordOutcomeAsync(attempt, kept, CancellationToken.None);
                        return response;
                    }
                )
            );
        }
        finally
        {
            http.RequestAborted = aborted;
        }
    }

    /// <summary>
    /// Completes the request even if the client disconnects, since its retry asks for the response. Half a request could not be repeated.
    /// </summary>
    private static void Detach(EndpointFilterInvocationContext context)
    {
        context.HttpContext.RequestAborted = CancellationToken.None;
        for (var i = 0; i < context.Arguments.Count; i++)
        {
            if (context.Arguments[i] is CancellationToken)
                context.Arguments[i] = CancellationToken.None;
        }
    }

    private IResult Replay(IdempotencyDocument earlier, string hash, HttpContext http) =>
        earlier.Answer switch
        {
            null => IdempotencyGate.InProgress(http),
            { } response when !IsFingerprintOf(hash, response.Fingerprint) => TypedResults.Problem(IdempotencyGate.KeyReused),
            { Body: null } response => TypedResults.Problem(IdempotencyGate.ResponseNotStored(response, http.Request.Path)),
            { } response => new IdempotentResult(response),
        };

    private static bool IsWithheld(HttpContext http) =>
        http.GetEndpoint()?.Metadata.GetMetadata<IdempotencyMetadata>()?.Mode == IdempotencyMode.WithholdsBody;

    private bool IsFingerprintOf(string hash, string fingerprint)
    {
        try
        {
            return _protector.Unprotect(fingerprint) == hash;
        }
        catch (CryptographicException)
        {
            // The keys that encrypted it are lost. Running the request again could repeat its effect.
            return false;
        }
    }

    /// <summary>Computes a hash of the query string and the body.</summary>
    private static string HashContent(EndpointFilterInvocationContext context)
    {
        var http = context.HttpContext;
        var bodyType = http.GetEndpoint()?.Metadata.GetMetadata<IAcceptsMetadata>()?.RequestType;
        var body = bodyType is null ? null : context.Arguments.FirstOrDefault(bodyType.IsInstanceOfType);
        var query = Encoding.UTF8.GetBytes($"{http.Request.QueryString}\0");
        return Convert.ToHexStringLower(SHA256.HashData([.. query, .. JsonSerializer.SerializeToUtf8Bytes(body, Json.Options)]));
    }

    /// <summary>Executes the result into memory, so the bytes that are sent and the bytes that are stored are the same.</summary>
    private async Task<IdempotentResponse> RecordAsync(HttpContext http, object? result, string hash)
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
        return new IdempotentResponse(_protector.Protect(hash), http.Response.StatusCode, headers, memory.ToArray());
    }
}
