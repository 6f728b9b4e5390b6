using EmbeddedMongo.Errors;
using EmbeddedMongo.Indexes;
using EmbeddedMongo.Storage;
using MongoDB.Bson;

namespace EmbeddedMongo.Commands.Schema;

/// <summary><c>validate</c>: always checks all documents and all index entries of a collection.</summary>
internal sealed class ValidateCommand : ICommand
{
    public IReadOnlyList<string> Names { get; } = ["validate"];

    public void Execute(OperationContext operation)
    {
        var arguments = operation.Arguments;
        arguments.Ignore("full", "background", "checkBSONConformance", "enforceFastCount");
        foreach (var option in (ReadOnlySpan<string>)["repair", "fixMultikey", "metadata"])
            arguments.Refuse(option, static value => value is BsonBoolean { Value: false });

        arguments.RefuseUnknown();
        var ns = $"{operation.Database}.{operation.CollectionName}";
        var collection = operation.Server.Catalog.Find(operation.Database, operation.CollectionName);
        using var snapshot =
            (collection is null ? null : CollectionSnapshot.Take(collection))
            ?? throw new MongoErrorException(MongoErrorCodes.NamespaceNotFound, $"Collection '{ns}' does not exist to validate.");
        using var validator = new CollectionValidator(snapshot, operation.CheckInterrupted);
        validator.Run();
        Write(operation, snapshot.Collection, validator);
    }

    private static void Write(OperationContext operation, Collection collection, CollectionValidator validator)
    {
        var errors = new BsonArray();
        if (validator.InvalidDocuments > 0)
            errors.Add("Detected one or more invalid documents. See corruptRecords.");

        var details = new BsonDocument();
        foreach (var index in validator.Indexes)
        {
            details.Add(index.Index.Name, Describe(index));
            if (!index.IsValid)
                errors.Add($"Index with name '{index.Index.Name}' has inconsistencies.");
        }

        var reply = operation.Reply;
        reply.Add("ns", collection.Namespace);
        reply.Add("uuid", new BsonBinaryData(collection.Uuid, GuidRepresentation.Standard));
        reply.Add("nInvalidDocuments", validator.InvalidDocuments);
        reply.Add("nNonCompliantDocuments", 0L);
        reply.Add("nrecords", validator.Documents);
        reply.Add("nIndexes", validator.Indexes.Count());
        reply.Add("keysPerIndex", new BsonDocument(validator.Indexes.Select(index => new BsonElement(index.Index.Name, index.Keys))));
        reply.Add("indexDetails", details);
        reply.Add("valid", validator.IsValid);
        reply.Add("repaired", false);
        reply.Add("warnings", new BsonArray());
        reply.Add("errors", errors);
        reply.Add("extraIndexEntries", Describe(validator.Extra));
        reply.Add("missingIndexEntries", Describe(validator.Missing));
        reply.Add("corruptRecords", new BsonArray(validator.InvalidRecords));
    }

    private static BsonDocument Describe(CollectionValidator.IndexResult index)
    {
        var result = new BsonDocument("valid", index.IsValid);
        var errors = new BsonArray();
        if (index.Missing > 0)
            errors.Add($"Found {index.Missing} missing index entries.");

        if (index.Extra > 0)
            errors.Add($"Found {index.Extra} extra index entries.");

        if (index.LacksMultikey)
            errors.Add("The index is not multikey but a document has an array on its path.");

        return errors.Count == 0 ? result : result.Add("errors", errors);
    }

    private static BsonArray Describe(IEnumerable<(IndexSpec Index, long Record)> entries) =>
        new(entries.Select(entry => new BsonDocument { { "indexName", entry.Index.Name }, { "recordId", entry.Record } }));
}
