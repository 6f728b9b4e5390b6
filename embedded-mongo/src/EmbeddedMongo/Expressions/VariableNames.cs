using EmbeddedMongo.Errors;

namespace EmbeddedMongo.Expressions;

/// <summary>Rules for names after <c>$$</c> (manual: "Variables in Aggregation Expressions").</summary>
internal static class VariableNames
{
    /// <summary>Validates a name that $let, $map, $filter, $reduce or a let option declares.</summary>
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

    /// <summary>Validates a name that an expression reads. System variables start with a capital letter.</summary>
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
