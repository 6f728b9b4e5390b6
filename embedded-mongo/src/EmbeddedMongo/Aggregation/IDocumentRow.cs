using EmbeddedMongo.Expressions;
using MongoDB.Bson;

namespace EmbeddedMongo.Aggregation;

/// <summary>
/// A document as the input of a stage, decoded only as far as it is read. The same object represents one document after the other, so
/// stages do not keep it.
/// </summary>
internal interface IDocumentRow
{
    /// <summary>The document, with at least the fields that the pipeline reads. Stages may keep it.</summary>
    BsonDocument Document { get; }

    /// <summary>Returns the value at a path, without decoding anything else; C# null if missing.</summary>
    BsonValue? Read(FieldPathExpression path);
}

/// <summary>The documents of a previous stage as rows.</summary>
internal sealed class DecodedRow : IDocumentRow
{
    public BsonDocument Document { get; private set; } = null!;

    public BsonValue? Read(FieldPathExpression path) => FieldPath.Read(Document, path.Parts);

    public static IEnumerable<IDocumentRow> Enumerate(IEnumerable<BsonDocument> documents)
    {
        var row = new DecodedRow();
        foreach (var document in documents)
        {
            row.Document = document;
            yield return row;
        }
    }
}
