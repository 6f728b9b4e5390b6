using System.Collections.Frozen;
using MongoDB.Bson;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Analytics;

/// <summary>A pipeline that will not be run, and why.</summary>
public sealed class PipelineRefusedException(string message) : Exception(message);

/// <summary>
/// What an ad-hoc pipeline may do: read some collections through some stages and operators. Everything is allowed by name
/// and all else refused, so that what a later server or a later collection brings is closed until somebody opens it.
/// Personal fields are taken out before the first stage that the caller wrote, wherever a collection is read, so that no
/// expression (<c>$$ROOT</c>, <c>$objectToArray</c>, <c>$getField</c>) can name or count or compare them.
/// </summary>
internal static class AdHocPolicy
{
    private const int MaxStages = 50;

    /// <summary>
    /// The collections, and for those with personal fields (names, addresses, what somebody wrote for a few) the only fields that
    /// exist for a pipeline.
    /// </summary>
    private static readonly FrozenDictionary<string, string[]?> Collections = new Dictionary<string, string[]?>
    {
        [CollectionNames.Movies] = null,
        [CollectionNames.Reviews] = null,
        [CollectionNames.Favorites] = null,
        [CollectionNames.Users] = ["_id", "username", "role", "createdAt", "archivedAt"],
        [CollectionNames.Courses] = null,
        [CollectionNames.Lectures] = null,
        [CollectionNames.Attendance] = null,
        [CollectionNames.Assignments] = null,
        [CollectionNames.Announcements] = null,
        [CollectionNames.Enrollments] = null,
        [CollectionNames.Submissions] =
        [
            "_id",
            "assignmentId",
            "courseId",
            "studentId",
            "current.number",
            "current.submittedAt",
            "current.isLate",
            "grade",
            "gradedAt",
            "gradedBy",
            "createdAt",
            "updatedAt",
            "deletedAt",
            "archivedAt",
        ],
        [CollectionNames.Todos] =
        [
            "_id",
            "ownerId",
            "done",
            "dueDate",
            "priority",
            "importId",
            "createdAt",
            "updatedAt",
            "deletedAt",
            "archivedAt",
        ],
        [CollectionNames.Orders] =
        [
            "_id",
            "number",
            "customerId",
            "courseId",
            "item",
            "quantity",
            "unitPrice",
            "amount",
            "currency",
            "status",
            "createdAt",
            "updatedAt",
        ],
    }.ToFrozenDictionary();

    /// <summary>The collections' names.</summary>
    internal static IEnumerable<string> CollectionsAllowed => Collections.Keys.Order(StringComparer.Ordinal);

    /// <summary>The pipeline as it may be run.</summary>
    /// <exception cref="PipelineRefusedException">Something in it is not allowed.</exception>
    internal static List<BsonDocument> Rewrite(string collection, BsonArray pipeline)
    {
        var budget = MaxStages;
        return Rewrite(collection, pipeline, ref budget);
    }

    /// <summary>True when the collection may be read.</summary>
    internal static bool Allows(string collection) => Collections.ContainsKey(collection);

    private static List<BsonDocument> Rewrite(string? collection, BsonArray pipeline, ref int budget)
    {
        var stages = new List<BsonDocument>();
        // Inside $facet there is no collection: its documents are already without personal fields.
        if (collection is not null && Visible(collection) is { } fields)
            stages.Add(new BsonDocument("$project", new BsonDocument(fields.Select(field => new BsonElement(field, 1)))));
        foreach (var item in pipeline)
        {
            if (--budget < 0)
                throw new PipelineRefusedException($"A pipeline may have at most {MaxStages} stages, those inside others counted.");
            if (item is not BsonDocument { ElementCount: 1 } stage)
                throw new PipelineRefusedException("Each stage must be an object with one member, the stage's name.");
            var (name, value) = (stage.GetElement(0).Name, stage[0]);
            if (!AdHocNames.Stages.Contains(name))
                throw new PipelineRefusedException($"The stage {name} is not allowed.");
            stages.Add(
                new BsonDocument(
                    name,
                    name switch
                    {
                        "$lookup" => Lookup(value, ref budget),
                        "$unionWith" => UnionWith(value, ref budget),
                        "$facet" => Facet(value, ref budget),
                        _ => Checked(value),
                    }
                )
            );
        }
        return stages;
    }

    private static BsonDocument Lookup(BsonValue value, ref int budget)
    {
        var lookup = Document("$lookup", value);
        var from = Text("$lookup", lookup, "from");
        var fields = Visible(from);
        var result = new BsonDocument();
        foreach (var element in lookup)
        {
            if (element.Name == "pipeline")
                continue;
            // Matching by a hidden field would tell its values apart without showing them.
            if (
                element.Name == "foreignField"
                && fields is not null
                && !(element.Value is BsonString foreign && fields.Contains(foreign.Value))
            )
            {
                throw new PipelineRefusedException($"The field {element.Value} of {from} is not open to pipelines.");
            }

            result.Add(element.Name, Checked(element.Value));
        }
        if (lookup.Contains("pipeline") || fields is not null)
            result.Add("pipeline", new BsonArray(Rewrite(from, Stages("$lookup", lookup), ref budget)));
        return result;
    }

    private static BsonDocument UnionWith(BsonValue value, ref int budget)
    {
        var union = value is BsonString name ? new BsonDocument("coll", name) : Document("$unionWith", value);
        var collection = Text("$unionWith", union, "coll");
        if (union.Names.FirstOrDefault(member => member is not ("coll" or "pipeline")) is { } unknown)
            throw new PipelineRefusedException($"$unionWith has no member {unknown}.");
        return new BsonDocument
        {
            { "coll", collection },
            { "pipeline", new BsonArray(Rewrite(collection, Stages("$unionWith", union), ref budget)) },
        };
    }

    private static BsonDocument Facet(BsonValue value, ref int budget)
    {
        var result = new BsonDocument();
        foreach (var facet in Document("$facet", value))
        {
            if (facet.Value is not BsonArray stages)
                throw new PipelineRefusedException($"The facet {facet.Name} must be an array of stages.");
            result.Add(facet.Name, new BsonArray(Rewrite(null, stages, ref budget)));
        }
        return result;
    }

    /// <summary>Refuses operators that are not on the list, and code, at any depth.</summary>
    private static BsonValue Checked(BsonValue value)
    {
        switch (value)
        {
            case BsonDocument document:
                foreach (var element in document)
                {
                    if (element.Name.StartsWith('$') && !AdHocNames.Operators.Contains(element.Name))
                        throw new PipelineRefusedException($"The operator {element.Name} is not allowed.");
                    Checked(element.Value);
                }
                break;
            case BsonArray array:
                foreach (var item in array)
                    Checked(item);
                break;
            case BsonJavaScript or BsonJavaScriptWithScope or BsonSymbol:
                throw new PipelineRefusedException("Code is not allowed.");
        }
        return value;
    }

    private static string[]? Visible(string collection) =>
        Collections.TryGetValue(collection, out var fields)
            ? fields
            : throw new PipelineRefusedException(
                $"The collection {collection} is not open to pipelines; these are: {string.Join(", ", CollectionsAllowed)}."
            );

    private static BsonDocument Document(string stage, BsonValue value) =>
        value as BsonDocument ?? throw new PipelineRefusedException($"{stage} must be an object.");

    private static string Text(string stage, BsonDocument document, string member) =>
        document.GetValue(member, null) is BsonString { Value: var text }
            ? text
            : throw new PipelineRefusedException($"{stage} must name its collection in {member}.");

    private static BsonArray Stages(string stage, BsonDocument document) =>
        document.GetValue("pipeline", null) switch
        {
            null => [],
            BsonArray stages => stages,
            _ => throw new PipelineRefusedException($"The pipeline of {stage} must be an array of stages."),
        };
}
