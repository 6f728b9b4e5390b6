using EmbeddedMongo.Errors;
using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Commands;

/// <summary>
/// A command's fields, read by name and type. Wrong types are 14 TypeMismatch; what the command did not ask for is refused by
/// <see cref="RefuseUnknown"/> (40415), so that an option which this server does not implement never passes unseen.
/// </summary>
internal sealed class CommandArguments(string command, BsonDocument document)
{
    /// <summary>What any command may carry and this server may ignore (sessions, read preference, the stable API).</summary>
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

    private readonly HashSet<string> _asked = new(StringComparer.Ordinal);

    public string Command { get; } = command;

    public BsonDocument Document { get; } = document;

    /// <summary>The value of the first field, which bears the command's name.</summary>
    public BsonValue Value => Document.ElementCount == 0 ? BsonNull.Value : Document.GetElement(0).Value;

    /// <summary>The field, or null when it is missing or BSON null.</summary>
    public BsonValue? Get(string name)
    {
        _asked.Add(name);
        return Document.TryGetValue(name, out var value) && value is not BsonNull and not BsonUndefined ? value : null;
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
            var other => throw new MongoErrorException(
                MongoErrorCodes.TypeMismatch,
                $"BSON field '{Command}.{name}' is the wrong type '{TypeName(other)}', expected types '[bool, long, int, decimal, double]'"
            ),
        };

    /// <summary>A whole number that is not negative; fractions are cut off as MongoDB does.</summary>
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
        {
            throw new MongoErrorException(
                MongoErrorCodes.TypeMismatch,
                $"BSON field '{Command}.{name}' is the wrong type '{TypeName(value)}', expected types '[long, int, decimal, double]'"
            );
        }

        var number = BsonNumbers.ToDouble(value);
        return BsonNumbers.TryToInt64(value, out var whole) ? whole
            : double.IsNaN(number) ? 0
            : number >= long.MaxValue ? long.MaxValue
            : number <= long.MinValue ? long.MinValue
            : (long)number;
    }

    /// <summary>Names of fields that are accepted without any effect here.</summary>
    public void Ignore(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
            _asked.Add(name);
    }

    /// <summary>A field whose effect is not implemented: only the given harmless value is let through.</summary>
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

    /// <summary>Collations other than the simple one would order and compare strings differently: refused.</summary>
    public void RefuseCollation() =>
        Refuse(
            "collation",
            static value =>
                value is BsonDocument document
                && (document.ElementCount == 0 || (document.TryGetValue("locale", out var locale) && locale == "simple"))
        );

    public void RefuseUnknown()
    {
        for (var i = 1; i < Document.ElementCount; i++)
        {
            var name = Document.GetElement(i).Name;
            if (!_asked.Contains(name) && !Generic.Contains(name))
                throw new MongoErrorException(40415, $"BSON field '{Command}.{name}' is an unknown field.");
        }
    }

    public MongoErrorException WrongType(string name, BsonValue value, string expected) =>
        new(
            MongoErrorCodes.TypeMismatch,
            $"BSON field '{Command}.{name}' is the wrong type '{TypeName(value)}', expected type '{expected}'"
        );

    public MongoErrorException Missing(string name) => new(40414, $"BSON field '{Command}.{name}' is missing but a required field");

    /// <summary>MongoDB's alias of a value's type.</summary>
    public static string TypeName(BsonValue value) =>
        value.BsonType switch
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
            var type => type.ToString().ToLowerInvariant(),
        };
}
