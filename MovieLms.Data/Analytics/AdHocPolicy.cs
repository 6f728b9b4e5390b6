using System.Collections.Frozen;
using MongoDB.Bson;
using MovieLms.Data.Announcements;
using MovieLms.Data.Assignments;
using MovieLms.Data.Courses;
using MovieLms.Data.Enrollments;
using MovieLms.Data.Favorites;
using MovieLms.Data.Lectures;
using MovieLms.Data.Movies;
using MovieLms.Data.Orders;
using MovieLms.Data.Reviews;
using MovieLms.Data.Storage;
using MovieLms.Data.Submissions;
using MovieLms.Data.Todos;

namespace MovieLms.Data.Analytics;

/// <summary>Thrown when a pipeline is not run. The message contains the reason.</summary>
public sealed class PipelineRejectedException(string message) : Exception(message);

/// <summary>
/// Restricts an ad-hoc pipeline to listed collections, stages and operators. Anything that is not listed is rejected, so a new
/// collection or a feature of a later server stays closed until it is added here. Wherever a collection is read, its personal fields
/// are removed before the caller's first stage, so that no expression (<c>$$ROOT</c>, <c>$objectToArray</c>, <c>$getField</c>) can
/// name, count or compare them.
/// </summary>
internal static class AdHocPolicy
{
    private const int MaxStages = 50;

    /// <summary>
    /// The readable collections. For one that holds personal data (names, addresses, texts for a few readers), the value lists the only
    /// fields that a pipeline can see.
    /// </summary>
    private static readonly FrozenDictionary<string, string[]?> Collections = new Dictionary<string, string[]?>
    {
        [MovieEntity.Collection] = null,
        [ReviewEntity.Collection] = null,
        [FavoriteEntity.Collection] = null,
        [CollectionNames.Users] = ["_id", "username", "role", "createdAt", "archivedAt"],
        [CourseEntity.Collection] = null,
        [LectureEntity.Collection] = null,
        [AttendanceEntity.Collection] = null,
        [AssignmentEntity.Collection] = null,
        [AnnouncementEntity.Collection] = null,
        [EnrollmentEntity.Collection] = null,
        [SubmissionEntity.Collection] =
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
        [TodoEntity.Collection] =
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
        [OrderEntity.Collection] =
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

    /// <summary>The names of the collections that may be read, in order.</summary>
    internal static IEnumerable<string> AllowedCollections => Collections.Keys.Order(StringComparer.Ordinal);

    /// <summary>Checks a pipeline and returns the stages to run.</summary>
    /// <exception cref="PipelineRejectedException">The pipeline contains something that is not allowed.</exception>
    internal static List<BsonDocument> Rewrite(string collection, BsonArray pipeline)
    {
        var budget = MaxStages;
        return Rewrite(collection, pipeline, ref budget);
    }

    /// <summary>Returns true when the collection may be read.</summary>
    internal static bool Allows(string collection) => Collections.ContainsKey(collection);

    private static List<BsonDocument> Rewrite(string? collection, BsonArray pipeline, ref int budget)
    {
        var stages = new List<BsonDocument>();
        // Inside $facet there is no collection: its input no longer has personal fields.
        if (collection is not null && GetVisibleFields(collection) is { } fields)
            stages.Add(new BsonDocument("$project", new BsonDocument(fields.Select(field => new BsonElement(field, 1)))));
        foreach (var item in pipeline)
        {
            if (--budget < 0)
                throw new PipelineRejectedException($"A pipeline may have at most {MaxStages} stages, including nested ones.");
            if (item is not BsonDocument { ElementCount: 1 } stage)
                throw new PipelineRejectedException("Each stage must be an object with exactly one member, named after the stage.");
            var (name, value) = (stage.GetElement(0).Name, stage[0]);
            if (!AdHocNames.Stages.Contains(name))
                throw new PipelineRejectedException($"The stage {name} is not allowed.");
            stages.Add(
                new BsonDocument(
                    name,
                    name switch
                    {
                        "$lookup" => RewriteLookup(value, ref budget),
                        "$unionWith" => RewriteUnionWith(value, ref budget),
                        "$facet" => RewriteFacet(value, ref budget),
                        _ => Check(value),
                    }
                )
            );
        }
        return stages;
    }

    private static BsonDocument RewriteLookup(BsonValue value, ref int budget)
    {
        var lookup = RequireDocument("$lookup", value);
        var from = RequireCollection("$lookup", lookup, "from");
        var fields = GetVisibleFields(from);
        var result = new BsonDocument();
        foreach (var element in lookup)
        {
            if (element.Name == "pipeline")
                continue;
            // A match on a hidden field would reveal which documents share its value.
            if (
                element.Name == "foreignField"
                && fields is not null
                && !(element.Value is BsonString foreign && fields.Contains(foreign.Value))
            )
            {
                throw new PipelineRejectedException($"A pipeline cannot read the field {element.Value} of {from}.");
            }

            result.Add(element.Name, Check(element.Value));
        }
        if (lookup.Contains("pipeline") || fields is not null)
            result.Add("pipeline", new BsonArray(Rewrite(from, GetStages("$lookup", lookup), ref budget)));
        return result;
    }

    private static BsonDocument RewriteUnionWith(BsonValue value, ref int budget)
    {
        var union = value is BsonString name ? new BsonDocument("coll", name) : RequireDocument("$unionWith", value);
        var collection = RequireCollection("$unionWith", union, "coll");
        if (union.Names.FirstOrDefault(member => member is not ("coll" or "pipeline")) is { } unknown)
            throw new PipelineRejectedException($"$unionWith must not have the member {unknown}; only coll and pipeline are allowed.");
        return new BsonDocument
        {
            { "coll", collection },
            { "pipeline", new BsonArray(Rewrite(collection, GetStages("$unionWith", union), ref budget)) },
        };
    }

    private static BsonDocument RewriteFacet(BsonValue value, ref int budget)
    {
        var result = new BsonDocument();
        foreach (var facet in RequireDocument("$facet", value))
        {
            if (facet.Value is not BsonArray stages)
                throw new PipelineRejectedException($"The facet {facet.Name} must be an array of stages.");
            result.Add(facet.Name, new BsonArray(Rewrite(null, stages, ref budget)));
        }
        return result;
    }

    /// <summary>Rejects code and operators that are not allowed, at any depth.</summary>
    private static BsonValue Check(BsonValue value)
    {
        switch (value)
        {
            case BsonDocument document:
                foreach (var element in document)
                {
                    if (element.Name.StartsWith('$') && !AdHocNames.Operators.Contains(element.Name))
                        throw new PipelineRejectedException($"The operator {element.Name} is not allowed.");
                    Check(element.Value);
                }
                break;
            case BsonArray array:
                foreach (var item in array)
                    Check(item);
                break;
            case BsonJavaScript or BsonJavaScriptWithScope or BsonSymbol:
                throw new PipelineRejectedException("JavaScript and symbols are not allowed.");
        }
        return value;
    }

    /// <summary>Returns the only fields that a pipeline can see; null if it can see all.</summary>
    /// <exception cref="PipelineRejectedException">The collection may not be read.</exception>
    internal static string[]? GetVisibleFields(string collection) =>
        Collections.TryGetValue(collection, out var fields)
            ? fields
            : throw new PipelineRejectedException(
                $"A pipeline cannot read the collection {collection}. Use one of: {string.Join(", ", AllowedCollections)}."
            );

    private static BsonDocument RequireDocument(string stage, BsonValue value) =>
        value as BsonDocument ?? throw new PipelineRejectedException($"{stage} must be an object.");

    private static string RequireCollection(string stage, BsonDocument document, string member) =>
        document.GetValue(member, null) is BsonString { Value: var text }
            ? text
            : throw new PipelineRejectedException($"{stage} must have a string {member}, the name of a collection.");

    private static BsonArray GetStages(string stage, BsonDocument document) =>
        document.GetValue("pipeline", null) switch
        {
            null => [],
            BsonArray stages => stages,
            _ => throw new PipelineRejectedException($"The pipeline of {stage} must be an array of stages."),
        };
}
