using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using MovieLms.Data.Analytics;
using MovieLms.ServiceDefaults.Errors;

namespace MovieLms.ApiService.Analytics;

/// <summary>Pipelines that administrators write themselves.</summary>
internal static class PipelineEndpoint
{
    internal static async Task<Ok<PipelineResponse>> RunAsync(
        [FromBody] PipelineRequest body,
        AdHocPipelines pipelines,
        AnalyticsGate gate,
        CancellationToken cancellationToken
    )
    {
        if (!AdHocPipelines.Allows(body.Collection))
        {
            throw new InvalidInputException(
                "collection",
                $"The collection must be one of {string.Join(", ", AdHocPipelines.Collections)}."
            );
        }

        if (body.Pipeline.ValueKind != JsonValueKind.Array)
            throw new InvalidInputException("pipeline", "The pipeline must be an array of stages.");
        // Text is checked when it is read, which the pipeline's own parser does.
        if (!Utf8.IsValid(JsonMarshal.GetRawUtf8Value(body.Pipeline)))
            throw new InvalidInputException("pipeline", "The pipeline must be UTF-8 text.");
        try
        {
            var (documents, isTruncated) = await gate.RunAsync(
                () => pipelines.RunAsync(body.Collection, body.Pipeline.GetRawText(), cancellationToken),
                cancellationToken
            );
            return TypedResults.Ok(
                new PipelineResponse([.. documents.Select(document => JsonSerializer.Deserialize<JsonElement>(document))], isTruncated)
            );
        }
        catch (PipelineRefusedException refused)
        {
            throw new InvalidInputException("pipeline", refused.Message);
        }
    }
}
