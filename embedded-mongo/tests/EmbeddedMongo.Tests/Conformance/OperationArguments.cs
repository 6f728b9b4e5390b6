using MongoDB.Bson;
using MongoDB.Driver;

namespace EmbeddedMongo.Tests.Conformance;

/// <summary>The arguments of an operation of the unified test format, converted to the driver's types.</summary>
internal sealed class OperationArguments(BsonDocument arguments)
{
    private readonly HashSet<string> _read = [];

    public BsonValue? this[string name]
    {
        get
        {
            _read.Add(name);
            return arguments.TryGetValue(name, out var value) ? value : null;
        }
    }

    public FilterDefinition<BsonDocument> Filter => this["filter"]?.AsBsonDocument ?? [];

    public BsonDocument? Sort => this["sort"]?.AsBsonDocument;

    public BsonValue? Hint => this["hint"];

    public BsonValue? Comment => this["comment"];

    public BsonDocument? Let => this["let"]?.AsBsonDocument;

    public bool? BypassValidation => this["bypassDocumentValidation"]?.AsBoolean;

    public bool IsUpsert => this["upsert"]?.AsBoolean ?? false;

    public Collation? Collation => this["collation"] is BsonDocument collation ? Collation.FromBsonDocument(collation) : null;

    public TimeSpan? MaxTime => this["maxTimeMS"] is { } time ? TimeSpan.FromMilliseconds(time.ToInt32()) : null;

    public ReturnDocument ReturnDocument => this["returnDocument"] == "After" ? ReturnDocument.After : ReturnDocument.Before;

    public UpdateDefinition<BsonDocument> Update =>
        this["update"] is BsonArray stages
            ? Builders<BsonDocument>.Update.Pipeline(ToPipeline(stages))
            : new BsonDocumentUpdateDefinition<BsonDocument>(this["update"]!.AsBsonDocument);

    public PipelineDefinition<BsonDocument, BsonDocument> Pipeline => ToPipeline(this["pipeline"]!.AsBsonArray);

    public IEnumerable<ArrayFilterDefinition>? ArrayFilters =>
        this["arrayFilters"]
            ?.AsBsonArray.Select(static filter => new BsonDocumentArrayFilterDefinition<BsonDocument>(filter.AsBsonDocument))
            .ToArray();

    public IEnumerable<BsonDocument> Documents(string name) => this[name]!.AsBsonArray.Select(static item => item.AsBsonDocument);

    public int? Int32(string name) => this[name]?.ToInt32();

    /// <summary>Skips the test if it has an argument that the runner does not convert.</summary>
    public void RequireAllRead()
    {
        if (arguments.Names.FirstOrDefault(name => !_read.Contains(name)) is { } unread)
            throw new SkippedTestException($"the argument {unread}");
    }

    private static PipelineDefinition<BsonDocument, BsonDocument> ToPipeline(BsonArray stages) =>
        PipelineDefinition<BsonDocument, BsonDocument>.Create(stages.Select(static stage => stage.AsBsonDocument));
}
