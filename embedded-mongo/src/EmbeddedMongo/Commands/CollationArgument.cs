using EmbeddedMongo.Errors;
using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Commands;

/// <summary>Parses the <c>collation</c> of commands, statements, collections and indexes (manual: "Collation Document").</summary>
internal static class CollationArgument
{
    private const int MaxStrength = 5;
    private const int MaxSupportedStrength = 3;

    /// <summary>The options that are only accepted with the locale's default.</summary>
    private static readonly string[] FixedOptions = ["caseLevel", "caseFirst", "alternate", "maxVariable", "backwards"];

    private static readonly string[] Options = ["locale", "strength", "numericOrdering", "normalization", "version", .. FixedOptions];

    /// <summary>Returns the collation of an operation, or the collection's default if the operation does not specify one.</summary>
    public static Collation? Resolve(BsonDocument? specification, Collation? collectionDefault) =>
        specification is null or { ElementCount: 0 } ? collectionDefault : Parse(specification);

    /// <summary>Returns the collation of a new collection or index, whose specification cannot be empty.</summary>
    public static Collation? ResolveNew(BsonDocument? specification, Collation? collectionDefault) =>
        specification is { ElementCount: 0 }
            ? throw MongoErrorException.BadValue("The 'collation' spec cannot be an empty object")
            : Resolve(specification, collectionDefault);

    private static Collation? Parse(BsonDocument specification)
    {
        var arguments = new CommandArguments("collation", specification);
        if (specification.Names.FirstOrDefault(name => !Options.Contains(name)) is { } unknown)
            throw CommandArguments.Unknown(arguments.Command, unknown);

        var locale = arguments.GetString("locale") ?? throw arguments.Missing("locale");
        if (locale == "simple")
        {
            return specification.ElementCount == 1
                ? null
                : throw MongoErrorException.BadValue($"If locale=simple, no other fields should be present in: {specification}");
        }

        RequireLocale(locale, specification);
        var strength = GetStrength(arguments);
        var collation = Collation.Get(
            locale,
            strength,
            arguments.GetBoolean("numericOrdering"),
            normalization: arguments.GetBoolean("normalization")
        );
        foreach (var option in FixedOptions)
            RequireDefault(arguments, option, collation.Document[option]);

        return arguments.GetString("version") is null or Collation.Version
            ? collation
            : throw new MongoErrorException(
                161,
                "IncompatibleCollationVersion",
                $"Requested collation version {specification["version"]} does not match the collation version {Collation.Version} of the server"
            );
    }

    private static void RequireLocale(string locale, BsonDocument specification)
    {
        if (CollationLocales.Contains(locale))
            return;

        if (locale.Contains("@collation=", StringComparison.Ordinal) && CollationLocales.FindLanguage(locale) is not null)
            throw NotImplemented("locale", locale, "locales without a variant");

        var suggestion = CollationLocales.FindLanguage(locale) is { } language ? $". Did you mean '{language}'?" : "";
        throw MongoErrorException.BadValue($"Field 'locale' is invalid in: {specification}{suggestion}");
    }

    private static int GetStrength(CommandArguments arguments) =>
        arguments.GetInt64("strength") switch
        {
            null => MaxSupportedStrength,
            < 1 and var low => throw OutOfRange($">= 1, actual value '{low}'"),
            > MaxStrength and var high => throw OutOfRange($"<= {MaxStrength}, actual value '{high}'"),
            > MaxSupportedStrength and var strength => throw NotImplemented("strength", strength, "1, 2 and 3"),
            { } strength => (int)strength,
        };

    private static void RequireDefault(CommandArguments arguments, string option, BsonValue expected)
    {
        if (arguments.Get(option) is not { } value)
            return;

        BsonValue given = expected.IsBoolean ? arguments.GetBoolean(option) : arguments.GetString(option);
        if (given != expected)
            throw NotImplemented(option, value, expected);
    }

    private static MongoErrorException OutOfRange(string problem) => new(51024, $"BSON field 'strength' value must be {problem}");

    private static MongoErrorException NotImplemented(string option, BsonValue value, BsonValue supported) =>
        new(
            MongoErrorCodes.NotImplemented,
            $"'collation.{option}: {value}' is not implemented by this embedded server. Supported: {supported}"
        );
}
