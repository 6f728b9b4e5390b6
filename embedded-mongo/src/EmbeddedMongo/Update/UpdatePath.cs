using EmbeddedMongo.Errors;
using EmbeddedMongo.Values;

namespace EmbeddedMongo.Update;

/// <summary>A path in an update. Parts may be <c>$</c>, <c>$[]</c> and <c>$[identifier]</c>.</summary>
internal sealed class UpdatePath
{
    private UpdatePath(string path, string[] parts)
    {
        Path = path;
        Parts = parts;
        IsDynamic = Array.Exists(parts, static part => IsPositional(part) || IsAll(part) || IdentifierOf(part) is not null);
    }

    public string Path { get; }

    public string[] Parts { get; }

    /// <summary>Whether the path has positional parts, which depend on the document.</summary>
    public bool IsDynamic { get; }

    /// <exception cref="MongoErrorException">56 for empty parts, 52 for operator names, 2 for a positional first part.</exception>
    public static UpdatePath Parse(string path)
    {
        if (path.Length == 0)
            throw new MongoErrorException(MongoErrorCodes.EmptyFieldName, "An empty update path is not valid.");

        PathLimits.RequireValidLength(path);
        var parts = path.Split('.');
        for (var i = 0; i < parts.Length; i++)
        {
            if (parts[i].Length == 0)
            {
                throw new MongoErrorException(
                    MongoErrorCodes.EmptyFieldName,
                    $"The update path '{path}' contains an empty field name, which is not allowed."
                );
            }
        }

        var parsed = new UpdatePath(path, parts);
        var first = parts[0];
        if (IsPositional(first))
            throw MongoErrorException.BadValue($"Cannot have positional (i.e. '$') element in the first position in path '{path}'");

        if (parts.Count(IsPositional) > 1)
            throw MongoErrorException.BadValue($"Too many positional (i.e. '$') elements found in path '{path}'");

        if (IsAll(first) || IdentifierOf(first) is not null)
        {
            throw MongoErrorException.BadValue(
                $"Cannot have array filter identifier (i.e. '$[<id>]') element in the first position in path '{path}'"
            );
        }

        return first[0] == '$' && !DbRef.IsField(first)
            ? throw new MongoErrorException(
                MongoErrorCodes.DollarPrefixedFieldName,
                $"The dollar ($) prefixed field '{first}' in '{path}' is not valid for storage."
            )
            : parsed;
    }

    /// <summary>Creates a path from parts in which indexes have replaced the positional ones.</summary>
    public static UpdatePath Concrete(string[] parts) => new(string.Join('.', parts), parts);

    public static bool IsPositional(string part) => part == "$";

    public static bool IsAll(string part) => part == "$[]";

    /// <summary>Returns the name in <c>$[name]</c>, or null for other parts.</summary>
    public static string? IdentifierOf(string part) =>
        part.Length > 3 && part.StartsWith("$[", StringComparison.Ordinal) && part[^1] == ']' ? part[2..^1] : null;

    /// <summary>Returns whether the paths are equal or one is a prefix of the other.</summary>
    public bool Overlaps(UpdatePath other)
    {
        var count = Math.Min(Parts.Length, other.Parts.Length);
        for (var i = 0; i < count; i++)
        {
            if (Parts[i] != other.Parts[i])
                return false;
        }

        return true;
    }
}
