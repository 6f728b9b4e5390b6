using EmbeddedMongo.Errors;

namespace EmbeddedMongo.Values;

/// <summary>MongoDB's limit on the length of dotted paths, so that a hostile path cannot create a document of arbitrary depth.</summary>
internal static class PathLimits
{
    /// <summary>Maximum number of parts: the nesting limit of commands.</summary>
    public const int MaxParts = 200;

    /// <summary>Validates the number of parts of a path.</summary>
    /// <exception cref="MongoErrorException">15 Overflow for a path of more than 200 parts.</exception>
    public static void RequireValidLength(string path)
    {
        if (path.AsSpan().Count('.') >= MaxParts)
            throw MongoErrorException.Overflow("FieldPath is too long");
    }
}
