using EmbeddedMongo.Bson;
using EmbeddedMongo.Errors;
using EmbeddedMongo.Expressions;
using MongoDB.Bson;

namespace EmbeddedMongo.Aggregation.Stages;

/// <summary>$unwind: yields one document per array element. A value that is not an array counts as an array of one element.</summary>
internal sealed class UnwindStage(string[] path, bool preserve, string[]? index) : Stage
{
    public string[] Path { get; } = path;

    /// <summary>Whether documents without elements are kept.</summary>
    public bool Preserve { get; } = preserve;

    /// <summary>Path that receives the element's position; null for none.</summary>
    public string[]? Index { get; } = index;

    public override bool IsPerDocument => true;

    public static IEnumerable<Stage> Parse(BsonValue spec, PipelineContext context)
    {
        BsonValue? path = null;
        var preserve = false;
        string[]? index = null;
        switch (spec)
        {
            case BsonString:
                path = spec;
                break;
            case BsonDocument options:
                foreach (var option in options)
                {
                    switch (option.Name)
                    {
                        case "path":
                            path =
                                option.Value is BsonString
                                    ? option.Value
                                    : throw MongoErrorException.Location(
                                        28808,
                                        $"expected a string as the path for $unwind stage, got {TypeNames.Of(option.Value)}"
                                    );
                            break;
                        case "preserveNullAndEmptyArrays":
                            preserve = option.Value is BsonBoolean flag
                                ? flag.Value
                                : throw MongoErrorException.Location(
                                    28809,
                                    $"expected a boolean for the preserveNullAndEmptyArrays option to $unwind stage, got {TypeNames.Of(option.Value)}"
                                );
                            break;
                        case "includeArrayIndex":
                            index = ParseIndex(option.Value);
                            break;
                        default:
                            throw MongoErrorException.Location(28811, $"unrecognized option to $unwind stage: {option.Name}");
                    }
                }
                break;
            default:
                throw MongoErrorException.Location(
                    15981,
                    $"expected either a string or an object as specification for $unwind stage, got {TypeNames.Of(spec)}"
                );
        }
        var text = path?.AsString is { Length: > 0 } given
            ? given
            : throw MongoErrorException.Location(28812, "no path specified to $unwind stage");
        return text[0] == '$'
            ? [new UnwindStage(FieldPath.Parse(text[1..]), preserve, index)]
            : throw MongoErrorException.Location(28818, $"path option to $unwind stage should be prefixed with a '$': {text}");
    }

    public override IEnumerable<BsonDocument> Run(IEnumerable<BsonDocument> input, ExecutionContext context)
    {
        foreach (var document in input)
        {
            context.Tick();
            var value = NestedField.Get(document, Path);
            if (value is BsonArray { Count: > 0 } array)
            {
                for (var i = 0; i < array.Count; i++)
                {
                    context.Tick();
                    yield return With(document, array[i], i);
                }
            }
            else if (value is not BsonArray && !value.IsNullish())
            {
                yield return With(document, value, null);
            }
            else if (Preserve)
            {
                yield return With(document, value is BsonArray ? null : value, null);
            }
        }
    }

    /// <summary>Returns a copy of the document with the element in place of the array.</summary>
    public BsonDocument With(BsonDocument document, BsonValue? element, long? position)
    {
        var copy = NestedField.With(document, Path, element);
        return Index is null ? copy : NestedField.With(copy, Index, position is { } at ? new BsonInt64(at) : BsonNull.Value);
    }

    public override bool CollectFields(FieldSet into)
    {
        into.Add(Path[0]);
        return false;
    }

    private static string[] ParseIndex(BsonValue value)
    {
        if (value is not BsonString { Value.Length: > 0 } name)
        {
            throw MongoErrorException.Location(
                28810,
                $"expected a non-empty string for the includeArrayIndex option to $unwind stage, got {TypeNames.Of(value)}"
            );
        }

        return name.Value[0] == '$'
            ? throw MongoErrorException.Location(
                28822,
                $"includeArrayIndex option to $unwind stage should not be prefixed with a '$': {name.Value}"
            )
            : FieldPath.Parse(name.Value);
    }
}
