using System.ComponentModel;
using System.Text.Json;
using MovieLms.Data.Analytics;

namespace MovieLms.ApiService.Analytics;

/// <summary>The pipelines that compute an analytic.</summary>
internal sealed record ExplanationResponse(
    [property: Description("Most analytics have one. Empty if the parameters exclude every movie, so that nothing is computed.")]
        IReadOnlyList<PipelineExplanation> Pipelines
)
{
    internal static ExplanationResponse Of(params IEnumerable<ExplainedPipeline> pipelines) =>
        new([
            .. pipelines.Select(pipeline => new PipelineExplanation(
                pipeline.Collection,
                [
                    .. pipeline.Stages.Select(stage => new StageExplanation(
                        JsonSerializer.Deserialize<JsonElement>(stage.Json),
                        stage.Explanation
                    )),
                ]
            )),
        ]);
}

/// <summary>An aggregation pipeline.</summary>
internal sealed record PipelineExplanation(
    [property: Description("The collection that the first stage reads.")] string Collection,
    [property: Description("The stages in order.")] IReadOnlyList<StageExplanation> Stages
);

/// <summary>A stage of a pipeline.</summary>
internal sealed record StageExplanation(
    [property: Description("The stage as it is sent to MongoDB, in relaxed extended JSON.")] JsonElement Stage,
    [property: Description("What the stage does for the analytic.")] string Explanation
);

/// <summary>What ad-hoc pipelines may use.</summary>
internal sealed record PipelineRules(
    IReadOnlyList<ReadableCollection> Collections,
    [property: Description("Names of stages, such as `$match`.")] IReadOnlyList<string> Stages,
    [property: Description("Names of operators, such as `$sum`.")] IReadOnlyList<string> Operators,
    [property: Description("Maximum number of documents in a result.")] int MaxDocuments
);

/// <summary>A collection that ad-hoc pipelines may read.</summary>
internal sealed record ReadableCollection(
    string Name,
    [property: Description("The visible fields, those of embedded documents with dots.")] IReadOnlyList<string> Fields
);
