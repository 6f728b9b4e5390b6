using EmbeddedMongo.Errors;

namespace EmbeddedMongo.Expressions;

/// <summary>The rules for names after <c>$$</c> (manual: "Variables in Aggregation Expressions").</summary>
internal static class VariableNames
{
    /// <summary>A name that $let, $map, $filter, $reduce or a let option may declare.</summary>
    public static void RequireWritable(string name)
    {
        if (name.Length == 0)
            throw MongoErrorException.FailedToParse("empty variable names are not allowed");
        if (name == "CURRENT")
            return;
        if (name[0] is not (>= 'a' and <= 'z') && name[0] < 128)
            throw MongoErrorException.FailedToParse($"'{name}' starts with an invalid character for a user variable name");
        RequireNameCharacters(name);
    }

    /// <summary>A name that may be read: system variables begin with a capital.</summary>
    public static void RequireReadable(string name)
    {
        if (name.Length == 0)
            throw MongoErrorException.FailedToParse("empty variable names are not allowed");
        if (name[0] is not ((>= 'a' and <= 'z') or (>= 'A' and <= 'Z')) && name[0] < 128)
            throw MongoErrorException.FailedToParse($"'{name}' starts with an invalid character for a variable name");
        RequireNameCharacters(name);
    }

    private static void RequireNameCharacters(string name)
    {
        foreach (var c in name)
        {
            if (c < 128 && !char.IsAsciiLetterOrDigit(c) && c != '_')
                throw MongoErrorException.FailedToParse($"'{name}' contains an invalid character for a variable name: '{c}'");
        }
    }
}
