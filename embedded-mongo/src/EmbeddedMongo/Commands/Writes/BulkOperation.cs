using EmbeddedMongo.Bson;
using EmbeddedMongo.Errors;
using EmbeddedMongo.Storage;
using MongoDB.Bson;

namespace EmbeddedMongo.Commands.Writes;

/// <summary>An entry of <c>ops</c> of <c>bulkWrite</c>.</summary>
/// <param name="Kind">insert, update or delete.</param>
/// <param name="Namespace">The collection.</param>
/// <param name="Document">The document to insert.</param>
/// <param name="Statement">The statement of the command update or delete.</param>
internal sealed record BulkOperation(string Kind, BulkNamespace Namespace, ReadOnlyMemory<byte> Document, BsonDocument Statement)
{
    private static readonly StatementShape Insert = new(
        "BulkWriteInsertOp",
        [("insert", CommandArguments.NumberTypes, true), ("document", StatementShape.Object, true)]
    );

    private static readonly StatementShape Update = new(
        "BulkWriteUpdateOp",
        [
            ("update", CommandArguments.NumberTypes, true),
            ("filter", StatementShape.Object, true),
            ("updateMods", StatementShape.Any, true),
            ("multi", CommandArguments.BooleanTypes, false),
            ("upsert", CommandArguments.BooleanTypes, false),
            ("arrayFilters", StatementShape.Array, false),
            ("hint", StatementShape.Any, false),
            ("constants", StatementShape.Object, false),
            ("collation", StatementShape.Object, false),
        ]
    );

    private static readonly StatementShape Delete = new(
        "BulkWriteDeleteOp",
        [
            ("delete", CommandArguments.NumberTypes, true),
            ("filter", StatementShape.Object, true),
            ("multi", CommandArguments.BooleanTypes, false),
            ("hint", StatementShape.Any, false),
            ("collation", StatementShape.Object, false),
        ]
    );

    public bool MayInsert => Kind == "insert" || (Kind == "update" && Statement.GetValue("upsert", false).ToBoolean());

    public static BulkOperation Parse(ReadOnlyMemory<byte> raw, List<BulkNamespace> namespaces)
    {
        var kind = "";
        foreach (var element in RawBson.Elements(raw.Span))
        {
            kind = FieldNameCache.Get(element.Name);
            break;
        }

        var shape = kind switch
        {
            "insert" => Insert,
            "update" => Update,
            "delete" => Delete,
            _ => throw MongoErrorException.FailedToParse($"Each element of 'ops' must start with insert, update or delete, not '{kind}'"),
        };
        shape.Require([raw]);
        _ = RawBson.TryFind(raw.Span, System.Text.Encoding.UTF8.GetBytes(kind), out var number);
        var index = new CommandArguments(
            "bulkWrite.ops",
            new BsonDocument(kind, BsonDecoder.DecodeValue(number.Type, number.Value))
        ).GetInt64(kind);
        if (index is not { } at || at < 0 || at >= namespaces.Count)
            throw MongoErrorException.BadValue($"BulkWrite ops entry has an invalid nsInfo index: {index}");

        return kind == "insert"
            ? new BulkOperation(kind, namespaces[(int)at], FindDocument(raw), [])
            : new BulkOperation(kind, namespaces[(int)at], default, CreateStatement(kind, BsonDecoder.Decode(raw.Span)));
    }

    private static ReadOnlyMemory<byte> FindDocument(ReadOnlyMemory<byte> raw)
    {
        _ = RawBson.TryFind(raw.Span, "document"u8, out var document);
        _ = raw.Span.Overlaps(document.Value, out var offset);
        return raw.Slice(offset, document.Value.Length);
    }

    /// <summary>Renames the fields to those of the command update or delete.</summary>
    private static BsonDocument CreateStatement(string kind, BsonDocument op)
    {
        var statement = new BsonDocument();
        foreach (var field in op.Skip(1))
        {
            var name = field.Name switch
            {
                "filter" => "q",
                "updateMods" => "u",
                "constants" => "c",
                _ => field.Name,
            };
            if (kind == "update" || name != "multi")
                statement[name] = field.Value;
        }

        if (kind == "delete")
            statement["limit"] = op.GetValue("multi", false).ToBoolean() ? 0 : 1;

        return statement;
    }
}

/// <summary>An entry of <c>nsInfo</c> of <c>bulkWrite</c>.</summary>
internal sealed record BulkNamespace(string Database, string Collection)
{
    private static readonly StatementShape Shape = new("NamespaceInfoEntry", [("ns", ["string"], true)]);

    public static BulkNamespace Parse(ReadOnlyMemory<byte> raw)
    {
        Shape.Require([raw]);
        var ns = BsonDecoder.Decode(raw.Span)["ns"].AsString;
        var dot = ns.IndexOf('.', StringComparison.Ordinal);
        var (database, collection) = dot < 0 ? (ns, "") : (ns[..dot], ns[(dot + 1)..]);
        Namespaces.Check(database, collection);
        return new BulkNamespace(database, collection);
    }
}
