using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using MovieLms.Data.Analytics;
using MovieLms.ServiceDefaults.Errors;

namespace MovieLms.ApiService.Analytics;

/// <summary>Runs the ad-hoc aggregation pipelines of administrators.</summary>
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
        // System.Text.Json checks the encoding only of strings that it reads, and another parser reads the pipeline.
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
        catch (PipelineRejectedException exception)
        {
            throw new InvalidInputException("pipeline", exception.Message);
        }
    }
}
