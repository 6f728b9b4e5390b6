using EmbeddedMongo.Errors;
using EmbeddedMongo.Expressions;
using MongoDB.Bson;

namespace EmbeddedMongo.Commands.Outputs;

/// <summary>The options of a $merge, checked and with their defaults, but without the pipeline's stages parsed.</summary>
internal sealed record MergeSpec(
    string? Database,
    string Collection,
    IReadOnlyList<string> On,
    string WhenMatched,
    BsonArray? Pipeline,
    BsonDocument Let,
    string WhenNotMatched
)
{
    /// <summary>The value of <see cref="WhenMatched"/> if there is a pipeline.</summary>
    public const string PipelineMode = "pipeline";

    private static readonly string[] MatchedModes = ["replace", "keepExisting", "merge", "fail"];
    private static readonly string[] NotMatchedModes = ["insert", "discard", "fail"];

    public static MergeSpec Parse(BsonValue spec)
    {
        if (spec is BsonString)
            spec = new BsonDocument("into", spec);

        if (spec is not BsonDocument document)
            throw MongoErrorException.Location(51182, $"$merge requires a string or object argument, but found {TypeNames.Of(spec)}");

        foreach (var option in document.Names)
        {
            if (option is not ("into" or "on" or "let" or "whenMatched" or "whenNotMatched"))
                throw MongoErrorException.UnknownField("$merge", option);
        }

        var options = new CommandArguments("$merge", document);
        var (database, collection) = ParseTarget(options.Get("into") ?? throw options.Missing("into"));
        var on = ParseOn(options.Get("on"));
        var (matched, pipeline) = ParseMatched(options.Get("whenMatched"));
        var notMatched = options.GetString("whenNotMatched") ?? "insert";
        RequireMode("whenNotMatched", notMatched, NotMatchedModes);
        if (matched is "keepExisting" or "fail" && notMatched != "insert")
        {
            throw MongoErrorException.Location(
                51181,
                $"Combination of $merge modes 'whenMatched: {matched}' and 'whenNotMatched: {notMatched}' is not supported"
            );
        }

        return new MergeSpec(database, collection, on, matched, pipeline, ParseLet(options.GetDocument("let"), matched), notMatched);
    }

    private static (string? Database, string Collection) ParseTarget(BsonValue into)
    {
        if (into is BsonString name)
        {
            return name.Value.Length > 0
                ? (null, name.Value)
                : throw MongoErrorException.Location(5786800, "$merge 'into' field cannot be an empty string");
        }

        if (into is not BsonDocument document)
        {
            throw MongoErrorException.Location(
                51178,
                $"$merge 'into' field must be either a string or an object, but found {TypeNames.Of(into)}"
            );
        }

        foreach (var option in document.Names)
        {
            if (option is not ("db" or "coll"))
                throw MongoErrorException.UnknownField("$merge.into", option);
        }

        var options = new CommandArguments("$merge.into", document);
        return options.GetString("coll") is { Length: > 0 } collection
            ? (options.GetString("db"), collection)
            : throw MongoErrorException.Location(5786801, "$merge 'into' field must specify a 'coll' that is not empty, null or undefined");
    }

    private static IReadOnlyList<string> ParseOn(BsonValue? on)
    {
        switch (on)
        {
            case null:
                return ["_id"];
            case BsonString field:
                return [field.Value];
            case BsonArray { Count: 0 }:
                throw MongoErrorException.Location(51187, "If explicitly specifying $merge 'on', must include at least one field");
            case BsonArray fields:
                var names = fields
                    .Select(field =>
                        (field as BsonString)?.Value
                        ?? throw MongoErrorException.Location(
                            51134,
                            $"$merge 'on' array elements must be strings, but found {TypeNames.Of(field)}"
                        )
                    )
                    .ToList();
                return names.GroupBy(name => name).FirstOrDefault(same => same.Count() > 1) is { } duplicate
                    ? throw MongoErrorException.Location(31465, $"Found a duplicate field '{duplicate.Key}'")
                    : names;
            default:
                throw MongoErrorException.Location(
                    51186,
                    $"$merge 'on' field must be either a string or an array of strings, but found {TypeNames.Of(on)}"
                );
        }
    }

    private static (string Mode, BsonArray? Pipeline) ParseMatched(BsonValue? mode)
    {
        switch (mode)
        {
            case null:
                return ("merge", null);
            case BsonArray stages:
                return (PipelineMode, stages);
            case BsonString text:
                RequireMode("whenMatched", text.Value, MatchedModes);
                return (text.Value, null);
            default:
                throw MongoErrorException.Location(
                    51191,
                    $"$merge 'whenMatched' field must be either a string or an array, but found {TypeNames.Of(mode)}"
                );
        }
    }

    /// <summary>Returns the variables of the pipeline, of which <c>new</c> is always the source document.</summary>
    private static BsonDocument ParseLet(BsonDocument? let, string mode)
    {
        if (let is not null && mode != PipelineMode)
            throw MongoErrorException.Location(51199, $"Cannot use 'let' variables with 'whenMatched: {mode}' mode");

        if (let is not null && let.TryGetValue("new", out var value) && value != "$$ROOT")
        {
            throw MongoErrorException.Location(51273, "'let' may not define a value for the reserved 'new' variable other than '$$ROOT'");
        }

        return mode == PipelineMode ? new BsonDocument(let ?? []) { ["new"] = "$$ROOT" } : [];
    }

    private static void RequireMode(string field, string mode, string[] modes)
    {
        if (!modes.Contains(mode))
            throw MongoErrorException.BadValue($"Enumeration value '{mode}' for field '$merge.{field}' is not a valid value.");
    }
}
