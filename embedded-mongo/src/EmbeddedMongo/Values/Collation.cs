using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using EmbeddedMongo.Errors;
using MongoDB.Bson;

namespace EmbeddedMongo.Values;

/// <summary>
/// The order and equality of strings in a language (manual: "Collation"). Null stands for the simple collation, by code point. Values are
/// compared by sort keys: copies in which every string is replaced by its key from the ICU library, so that <see cref="BsonOrder"/>, hashes
/// and index keys apply to them unchanged. Equal collations are the same object.
/// </summary>
internal sealed class Collation : IComparer<BsonValue?>, IEqualityComparer<BsonValue?>
{
    /// <summary>The version that MongoDB 7 reports for its copy of ICU. Clients send it back when they copy an index.</summary>
    public const string Version = "57.1";

    private static readonly ConcurrentDictionary<(string, int, bool, bool), Collation> Instances = new();
    private static readonly Lazy<bool> IsIcuAvailable = new(FindIcu);

    private readonly CompareInfo _compareInfo;
    private readonly CompareOptions _options;

    private Collation(string locale, int strength, bool numericOrdering, bool normalization)
    {
        _compareInfo = CultureInfo.GetCultureInfo(locale.Replace('_', '-')).CompareInfo;
        // Below the third level, ICU ignores width and kana types. .NET distinguishes them unless they are ignored explicitly.
        _options =
            (numericOrdering ? CompareOptions.NumericOrdering : CompareOptions.None)
            | strength switch
            {
                1 => CompareOptions.IgnoreNonSpace | CompareOptions.IgnoreCase | CompareOptions.IgnoreWidth | CompareOptions.IgnoreKanaType,
                2 => CompareOptions.IgnoreCase | CompareOptions.IgnoreWidth | CompareOptions.IgnoreKanaType,
                _ => CompareOptions.None,
            };
        Document = new BsonDocument
        {
            { "locale", locale },
            { "caseLevel", false },
            { "caseFirst", locale is "da" or "mt" ? "upper" : "off" },
            { "strength", strength },
            { "numericOrdering", numericOrdering },
            { "alternate", locale == "th" ? "shifted" : "non-ignorable" },
            { "maxVariable", "punct" },
            { "normalization", normalization },
            { "backwards", locale == "fr_CA" },
            { "version", Version },
        };
    }

    /// <summary>The collation with all of its options, as listIndexes and listCollections return it.</summary>
    public BsonDocument Document { get; }

    /// <summary>
    /// Identifies the rules that produced the sort keys of an index. Another version of ICU may order strings differently.
    /// </summary>
    public int SortVersion => _compareInfo.Version.FullVersion;

    /// <exception cref="MongoErrorException">115 if .NET does not use ICU.</exception>
    public static Collation Get(string locale, int strength, bool numericOrdering, bool normalization)
    {
        if (!IsIcuAvailable.Value)
        {
            throw MongoErrorException.CommandNotSupported(
                "Collations need the ICU library (package libicu), which this process does not use: it runs in .NET's globalization-invariant mode"
            );
        }

        return Instances.GetOrAdd(
            (locale, strength, numericOrdering, normalization),
            key => new(key.Item1, key.Item2, key.Item3, key.Item4)
        );
    }

    /// <summary>Returns the collation in the stored definition of an index or the options of a collection; null if there is none.</summary>
    public static Collation? Of(BsonDocument definition) =>
        definition.TryGetValue("collation", out var stored)
            ? Get(
                stored["locale"].AsString,
                stored["strength"].ToInt32(),
                stored["numericOrdering"].AsBoolean,
                stored["normalization"].AsBoolean
            )
            : null;

    public static int Compare(Collation? collation, BsonValue? a, BsonValue? b) =>
        collation is null ? BsonOrder.Compare(a, b) : collation.Compare(a, b);

    public static IComparer<BsonValue?> GetComparer(Collation? collation) => collation ?? BsonOrder.Comparer;

    public static IEqualityComparer<BsonValue?> GetEqualityComparer(Collation? collation) => collation ?? BsonOrder.EqualityComparer;

    /// <summary>Returns whether comparisons with a value depend on the collation, because it is or contains a string.</summary>
    public static bool Affects(BsonValue value) =>
        value switch
        {
            BsonString or BsonSymbol => true,
            BsonArray array => array.Any(Affects),
            BsonDocument document => document.Values.Any(Affects),
            _ => false,
        };

    /// <summary>Returns a value that compares like this one does in the collation.</summary>
    [return: NotNullIfNotNull(nameof(value))]
    public BsonValue? GetSortKey(BsonValue? value)
    {
        switch (value)
        {
            case CollationKey:
                return value;
            case BsonString text:
                return CreateKey(text.Value);
            case BsonSymbol symbol:
                return CreateKey(symbol.Name);
            case BsonArray array:
                var items = new BsonArray(array.Count);
                for (var i = 0; i < array.Count; i++)
                    items.Add(GetSortKey(array[i]));

                return items;
            case BsonDocument document:
                var fields = new BsonDocument { AllowDuplicateNames = true };
                for (var i = 0; i < document.ElementCount; i++)
                {
                    var field = document.GetElement(i);
                    fields.Add(field.Name, GetSortKey(field.Value));
                }

                return fields;
            default:
                return value;
        }
    }

    public int Compare(BsonValue? x, BsonValue? y) => BsonOrder.Compare(GetSortKey(x), GetSortKey(y));

    public bool Equals(BsonValue? x, BsonValue? y) => Compare(x, y) == 0;

    public int GetHashCode(BsonValue? obj) => BsonOrder.GetHashCode(GetSortKey(obj));

    // ICU ends its keys with a zero byte. Latin-1 characters have the order of the bytes.
    private CollationKey CreateKey(string text) =>
        new(Encoding.Latin1.GetString(_compareInfo.GetSortKey(text, _options).KeyData.AsSpan().TrimEnd((byte)0)));

    /// <summary>Without ICU, .NET knows no cultures or compares them by code point.</summary>
    private static bool FindIcu()
    {
        try
        {
            return CultureInfo.GetCultureInfo("en").CompareInfo.Compare("a", "B", CompareOptions.None) < 0;
        }
        catch (CultureNotFoundException)
        {
            return false;
        }
    }
}

/// <summary>The sort key of a string. It takes the string's place in comparisons and in the keys of an index.</summary>
internal sealed class CollationKey(string key) : BsonString(key)
{
    /// <summary>The text that explain shows.</summary>
    public override string ToString() => $"CollationKey(0x{Convert.ToHexStringLower(Encoding.Latin1.GetBytes(Value))})";
}
