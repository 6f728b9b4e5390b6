using EmbeddedMongo.Errors;
using EmbeddedMongo.Values;

namespace EmbeddedMongo.Query;

/// <summary>Rules for the field paths of sorts and projections.</summary>
internal static class FieldPathRules
{
    /// <summary>Throws if a path is not valid.</summary>
    /// <exception cref="MongoErrorException">40352, 40353 and 15998 for empty paths and parts, 16410 and 31394 for operator names, 15 for
    /// paths that are too long.</exception>
    public static void Require(string path)
    {
        if (path.Length == 0)
            throw MongoErrorException.Location(40352, "FieldPath cannot be constructed with empty string");

        if (path[^1] == '.')
            throw MongoErrorException.Location(40353, "FieldPath must not end with a '.'.");

        PathLimits.RequireValidLength(path);
        foreach (var part in path.Split('.'))
        {
            if (part.Length == 0)
                throw MongoErrorException.Location(15998, "FieldPath field names may not be empty strings.");

            if (part == "$")
            {
                throw MongoErrorException.Location(
                    31394,
                    "As of 4.4, it's illegal to specify positional operator in the middle of a path. Positional projection may only be used at the end"
                );
            }

            if (part[0] == '$' && !DbRef.IsField(part))
            {
                throw MongoErrorException.Location(
                    16410,
                    "FieldPath field names may not start with '$'. Consider using $getField or $setField."
                );
            }
        }
    }
}
