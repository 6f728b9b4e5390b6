using EmbeddedMongo.Errors;
using MongoDB.Bson;

namespace EmbeddedMongo.Update;

/// <summary>
/// Checks names with a dollar sign at the top level of an updated document: only a complete DBRef (<c>$ref</c>, <c>$id</c>, then
/// optionally <c>$db</c>) is valid. Inserts and pipelines may write any such name, and nested fields may have any.
/// </summary>
internal static class DollarFields
{
    /// <summary>Checks the fields that <paramref name="before"/> does not have with the same value.</summary>
    /// <exception cref="MongoErrorException">52 DollarPrefixedFieldName.</exception>
    public static void RequireValid(BsonDocument document, BsonDocument? before = null)
    {
        for (var i = 0; i < document.ElementCount; i++)
        {
            var (name, value) = (document.GetElement(i).Name, document.GetElement(i).Value);
            if (name.StartsWith('$') && (before is null || !ReferenceEquals(before.GetValue(name, null), value)))
                RequireDbRef(document, i, name, value);
        }
    }

    private static void RequireDbRef(BsonDocument document, int index, string name, BsonValue value)
    {
        switch (name)
        {
            case "$db":
                if (NameAt(document, index - 1) != "$id")
                    throw Invalid("Found $db field without a $id before it, which is invalid.");

                RequireString(name, value);
                break;
            case "$id":
                if (NameAt(document, index - 1) != "$ref")
                    throw Invalid("Found $id field without a $ref before it, which is invalid.");

                break;
            case "$ref":
                RequireString(name, value);
                if (NameAt(document, index + 1) != "$id")
                    throw Invalid("The DBRef $ref field must be followed by a $id field");

                break;
            default:
                throw Invalid(
                    $"The dollar ($) prefixed field '{name}' in '{name}' is not allowed in the context of an update's replacement document. Consider using an aggregation pipeline with $replaceWith."
                );
        }
    }

    private static void RequireString(string name, BsonValue value)
    {
        if (value is not BsonString)
            throw Invalid($"The DBRef {name} field must be a String, not a {Query.TypeOperand.AliasOf(value.BsonType)}");
    }

    private static string? NameAt(BsonDocument document, int index) =>
        index >= 0 && index < document.ElementCount ? document.GetElement(index).Name : null;

    private static MongoErrorException Invalid(string message) => new(MongoErrorCodes.DollarPrefixedFieldName, message);
}
