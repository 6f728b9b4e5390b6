using EmbeddedMongo.Bson;
using EmbeddedMongo.Query.Matching;
using MongoDB.Bson;

namespace EmbeddedMongo.Query.Projecting;

/// <summary>A parsed projection of a find or findAndModify.</summary>
internal sealed class Projection(
    ProjectionNode fields,
    bool inclusion,
    IReadOnlyList<ProjectionEdit> edits,
    MatchExpression? positionalQuery
)
{
    /// <summary>Whether documents pass unchanged (<c>{}</c>), so that their stored bytes can be sent as is.</summary>
    public bool IsIdentity => !inclusion && fields.Count == 0 && edits.Count == 0;

    /// <summary>True if the result has only the listed fields, false if it has all other fields.</summary>
    public bool IsInclusion => inclusion;

    /// <summary>The top-level fields to decode, or null if the whole document is needed.</summary>
    public FieldSet? Needed { get; } = GetNeeded(fields, inclusion, positionalQuery);

    public BsonDocument Apply(BsonDocument document)
    {
        var result =
            inclusion ? fields.Include(document, document)
            : fields.Count == 0 ? document
            : fields.Exclude(document, document);
        if (edits.Count == 0)
            return result;

        var details = new MatchDetails();
        positionalQuery?.Matches(document, details);
        foreach (var edit in edits)
            result = edit.Apply(result, details.ArrayIndex);

        return result;
    }

    /// <summary>
    /// Writes the projection of stored bytes. An inclusion of whole top-level fields copies their bytes; others decode the fields they
    /// need.
    /// </summary>
    public void Write(PooledBuffer target, ReadOnlySpan<byte> stored)
    {
        if (!inclusion || edits.Count > 0 || Needed is null || !fields.IsFlat)
        {
            BsonEncoder.WriteDocument(target, Apply(BsonDecoder.Decode(stored, Needed)));
            return;
        }

        var start = BsonEncoder.BeginDocument(target);
        var remaining = Needed.Count;
        foreach (var element in RawBson.Elements(stored))
        {
            if (remaining == 0)
                break;

            if (Needed.Contains(element.Name))
            {
                BsonEncoder.CopyElement(target, element);
                remaining--;
            }
        }

        BsonEncoder.EndDocument(target, start);
    }

    private static FieldSet? GetNeeded(ProjectionNode fields, bool inclusion, MatchExpression? positionalQuery)
    {
        if (!inclusion)
            return null;

        var needed = new FieldSet();
        fields.CollectFields(needed);
        positionalQuery?.CollectFields(needed);
        return needed.All ? null : needed;
    }
}
