using EmbeddedMongo.Errors;
using EmbeddedMongo.Expressions;
using MongoDB.Bson;
using MongoDB.Bson.IO;
using MongoDB.Bson.Serialization;

namespace EmbeddedMongo.Tests.Expressions;

/// <summary>Evaluates expressions written as extended JSON, so that a test is a table of texts.</summary>
internal static class Evaluate
{
    public static readonly TimeProvider Clock = TimeProvider.System;

    /// <summary>The value as canonical extended JSON, in which types show; "missing" for a field that is not there.</summary>
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

    /// <summary>The code of the error that parsing or evaluation ends in.</summary>
    public static int Error(string expression, string document = "{}") =>
        Assert.Throws<MongoErrorException>(() => Value(expression, document)).Code;

    public static BsonValue Read(string json) => BsonSerializer.Deserialize<BsonDocument>($"{{ v: {json} }}")["v"];

    public static string Canonical(BsonValue value)
    {
        var text = new BsonDocument("v", value).ToJson(new JsonWriterSettings { OutputMode = JsonOutputMode.CanonicalExtendedJson });
        return text[8..^2];
    }

    /// <summary>Asserts that an expression has a value, both given as extended JSON; types must agree.</summary>
    public static void Equal(string expected, string expression, string document = "{}") =>
        Assert.Equal(expected == "missing" ? expected : Canonical(Read(expected)), Text(expression, document));
}
