using EmbeddedMongo.Errors;

namespace EmbeddedMongo.Values;

/// <summary>MongoDB's limit on the parts of a dotted path: it keeps a hostile path from building a document of any depth.</summary>
internal static class PathLimits
{
    /// <summary>BSON's limit of nesting in commands.</summary>
    public const int MaxParts = 200;

    /// <exception cref="MongoErrorException">15 Overflow for a path of more than 200 parts.</exception>
    public static void Require(string path)
    {
        if (path.AsSpan().Count('.') >= MaxParts)
            throw MongoErrorException.Overflow("FieldPath is too long");
    }
}
