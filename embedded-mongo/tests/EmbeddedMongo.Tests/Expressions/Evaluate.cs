using EmbeddedMongo.Errors;
using EmbeddedMongo.Expressions;
using MongoDB.Bson;
using MongoDB.Bson.IO;
using MongoDB.Bson.Serialization;

namespace EmbeddedMongo.Tests.Expressions;

/// <summary>Evaluates expressions written as extended JSON for table-driven tests.</summary>
internal static class Evaluate
{
    public static readonly TimeProvider Clock = TimeProvider.System;

    /// <summary>Returns the value as canonical extended JSON, which includes types, or "missing" for a missing field.</summary>
    public static string Text(string expression, string document = "{}")
    {
        var value = Value(expression, document);
        return value is null ? "missing" : Canonical(value);
    }

    public static BsonValue? Value(string expression, string document = "{}")
    {
        var context = new EvaluationContext(Clock);
        var parsed = ExpressionParser.Parse(Read(expression), VariableScope.CreateRoot(context));
        context.Bind(BsonDocument.Parse(document));
        return parsed.Evaluate(context);
    }

    /// <summary>Returns the code of the error thrown by parsing or evaluation.</summary>
    public static int Error(string expression, string document = "{}") =>
        Assert.Throws<MongoErrorException>(() => Value(expression, document)).Code;

    public static BsonValue Read(string json) => BsonSerializer.Deserialize<BsonDocument>($"{{ v: {json} }}")["v"];

    public static string Canonical(BsonValue value)
    {
        var text = new BsonDocument("v", value).ToJson(new JsonWriterSettings { OutputMode = JsonOutputMode.CanonicalExtendedJson });
        return text[8..^2];
    }

    /// <summary>Asserts the value and type of an expression. Both arguments are extended JSON.</summary>
    public static void Equal(string expected, string expression, string document = "{}") =>
        Assert.Equal(expected == "missing" ? expected : Canonical(Read(expected)), Text(expression, document));
}
