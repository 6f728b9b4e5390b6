using EmbeddedMongo.Errors;
using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Commands;

/// <summary>
/// The fields of a command, read by name and type. A wrong type fails with 14 TypeMismatch. <see cref="RefuseUnknown"/> rejects fields
/// that the command has not read (40415), so that an unimplemented option is never silently ignored.
/// </summary>
internal sealed class CommandArguments(string command, BsonDocument document)
{
    /// <summary>Fields that are valid in every command and need no handling here (sessions, read preference, stable API).</summary>
    private static readonly HashSet<string> Generic = new(StringComparer.Ordinal)
    {
        "$db",
        "lsid",
        "$clusterTime",
        "$readPreference",
        "readConcern",
        "writeConcern",
        "maxTimeMS",
        "comment",
        "apiVersion",
        "apiStrict",
        "apiDeprecationErrors",
        "$client",
        "$audit",
        "operationTime",
        "mayBypassWriteBlocking",
        "$configServerState",
        "$configTime",
        "$topologyTime",
        "maxTimeMSOpOnly",
        "autocommit",
        "startTransaction",
        "txnNumber",
    };

    /// <summary>The types that MongoDB accepts as a number, in the order of its errors.</summary>
    public static readonly string[] NumberTypes = ["long", "int", "decimal", "double"];

    /// <summary>The types that MongoDB accepts as a boolean, in the order of its errors.</summary>
    public static readonly string[] BooleanTypes = ["bool", .. NumberTypes];

    /// <summary>Whether a field is valid in every command.</summary>
    public static bool IsGeneric(string name) => Generic.Contains(name);

    /// <summary>Whether the command has read a field, by its position. Most options that a command reads are not in the document.</summary>
    private readonly bool[] _read = new bool[document.ElementCount];

    public string Command { get; } = command;

    public BsonDocument Document { get; } = document;

    /// <summary>The value of the first field, whose name is the command's name.</summary>
    public BsonValue Value => Document.ElementCount == 0 ? BsonNull.Value : Document.GetElement(0).Value;

    /// <summary>Returns the value of a field, or null if it is missing or BSON null.</summary>
    public BsonValue? Get(string name)
    {
        var index = Document.IndexOfName(name);
        if (index < 0)
            return null;

        _read[index] = true;
        return Document.GetElement(index).Value is var value and not BsonNull and not BsonUndefined ? value : null;
    }

    public BsonDocument? GetDocument(string name) =>
        Get(name) switch
        {
            null => null,
            BsonDocument value => value,
            var other => throw WrongType(name, other, "object"),
        };

    public BsonArray? GetArray(string name) =>
        Get(name) switch
        {
            null => null,
            BsonArray value => value,
            var other => throw WrongType(name, other, "array"),
        };

    public string? GetString(string name) =>
        Get(name) switch
        {
            null => null,
            BsonString value => value.Value,
            var other => throw WrongType(name, other, "string"),
        };

    public bool GetBoolean(string name, bool otherwise = false) =>
        Get(name) switch
        {
            null => otherwise,
            BsonBoolean value => value.Value,
            var number when BsonNumbers.IsNumber(number) => BsonNumbers.ToDouble(number) != 0,
            var other => throw WrongType(Command, name, other.BsonType, BooleanTypes),
        };

    /// <summary>Reads a non-negative integer. Fractions are truncated, as MongoDB does.</summary>
    public long? GetCount(string name)
    {
        var value = GetInt64(name);
        return value is < 0
            ? throw new MongoErrorException(51024, $"BSON field '{name}' value must be >= 0, actual value '{value}'")
            : value;
    }

    public long? GetInt64(string name)
    {
        var value = Get(name);
        if (value is null)
            return null;

        if (!BsonNumbers.IsNumber(value))
            throw WrongType(Command, name, value.BsonType, NumberTypes);

        var number = BsonNumbers.ToDouble(value);
        return BsonNumbers.TryToInt64(value, out var whole) ? whole
            : double.IsNaN(number) ? 0
            : number >= long.MaxValue ? long.MaxValue
            : number <= long.MinValue ? long.MinValue
            : (long)number;
    }

    /// <summary>Accepts fields that have no effect in this server.</summary>
    public void Ignore(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
            Get(name);
    }

    /// <summary>Rejects a field that is not implemented, except values for which <paramref name="unless"/> returns true.</summary>
    public void Refuse(string name, Func<BsonValue, bool>? unless = null)
    {
        if (Get(name) is { } value && unless?.Invoke(value) != true)
        {
            throw new MongoErrorException(
                MongoErrorCodes.NotImplemented,
                $"'{name}' of '{Command}' is not implemented by this embedded server"
            );
        }
    }

    public void RefuseUnknown()
    {
        for (var i = 1; i < Document.ElementCount; i++)
        {
            var name = Document.GetElement(i).Name;
            if (!_read[Document.IndexOfName(name)] && !IsGeneric(name))
                throw Unknown(Command, name);
        }
    }

    public MongoErrorException WrongType(string name, BsonValue value, string expected) =>
        WrongType(Command, name, value.BsonType, [expected]);

    public MongoErrorException Missing(string name) => Missing(Command, name);

    public static MongoErrorException WrongType(string command, string name, BsonType type, string[] expected) =>
        new(
            MongoErrorCodes.TypeMismatch,
            $"BSON field '{command}.{name}' is the wrong type '{TypeName(type)}', expected "
                + (expected.Length == 1 ? $"type '{expected[0]}'" : $"types '[{string.Join(", ", expected)}]'")
        );

    public static MongoErrorException Missing(string command, string name) =>
        new(40414, $"BSON field '{command}.{name}' is missing but a required field");

    public static MongoErrorException Unknown(string command, string name) =>
        new(40415, $"BSON field '{command}.{name}' is an unknown field.");

    /// <summary>Returns MongoDB's alias of a value's type.</summary>
    public static string TypeName(BsonValue value) => TypeName(value.BsonType);

    /// <summary>Returns MongoDB's alias of a type.</summary>
    public static string TypeName(BsonType type) =>
        type switch
        {
            BsonType.Document => "object",
            BsonType.Boolean => "bool",
            BsonType.Int32 => "int",
            BsonType.Int64 => "long",
            BsonType.Decimal128 => "decimal",
            BsonType.DateTime => "date",
            BsonType.ObjectId => "objectId",
            BsonType.Binary => "binData",
            BsonType.RegularExpression => "regex",
            BsonType.JavaScriptWithScope => "javascriptWithScope",
            BsonType.MinKey => "minKey",
            BsonType.MaxKey => "maxKey",
            _ => type.ToString().ToLowerInvariant(),
        };
}
