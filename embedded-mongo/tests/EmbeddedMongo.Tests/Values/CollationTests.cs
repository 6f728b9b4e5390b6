using System.Globalization;
using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Tests.Values;

public sealed class CollationTests
{
    [Theory]
    [InlineData(1, "resume", "Résumé", 0)]
    [InlineData(2, "resume", "résumé", -1)]
    [InlineData(2, "résumé", "RÉSUMÉ", 0)]
    [InlineData(3, "resume", "Resume", -1)]
    [InlineData(1, "coop", "co-op", 1)]
    [InlineData(2, "coop", "co op", 1)]
    [InlineData(3, "coop", "co-op", 1)]
    [InlineData(2, "ＡＢ", "ab", 0)]
    [InlineData(1, "か", "カ", 0)]
    [InlineData(1, "ａ", "A", 0)]
    [InlineData(3, "", "\u0001", 0)]
    [InlineData(3, "", " ", -1)]
    [InlineData(1, "a\0", "a", 0)]
    [InlineData(3, "e\u0301", "\u00e9", 0)]
    [InlineData(3, "\U0001F600", "\uFFFD", -1)]
    public void Strings_are_compared_up_to_the_strength(int strength, string a, string b, int expected)
    {
        var collation = Collation.Get("en", strength, numericOrdering: false, normalization: false);
        Assert.Equal(expected, Math.Sign(collation.Compare(a, b)));
        Assert.Equal(-expected, Math.Sign(collation.Compare(b, a)));
        Assert.Equal(expected == 0, collation.Equals(a, b));
        if (expected == 0)
            Assert.Equal(collation.GetHashCode(a), collation.GetHashCode(b));
    }

    [Theory]
    [InlineData("en", false, "a A aa b B")]
    [InlineData("en_US_POSIX", false, "A B a aa b")]
    [InlineData("da", false, "A a B b æ ø å")]
    [InlineData("sv", false, "a b z å ä ö")]
    [InlineData("de", false, "a ä b o ö")]
    [InlineData("et", false, "s z t")]
    [InlineData("fr", false, "cote coté côte côté")]
    [InlineData("fr_CA", false, "cote côte coté côté")]
    [InlineData("en", true, "a a2 A2 a10 a100 b1")]
    [InlineData("en", false, "a a10 a100 a2 A2 b1")]
    public void Strings_are_ordered_by_locale(string locale, bool numericOrdering, string ordered)
    {
        var collation = Collation.Get(locale, 3, numericOrdering, normalization: false);
        var words = ordered.Split(' ');
        Assert.Equal(words, words.Reverse().Select(word => (BsonValue)word).Order(collation).Select(word => word!.AsString));
    }

    [Fact]
    public void Arrays_and_documents_are_compared_by_their_strings_and_other_values_as_before()
    {
        var collation = Collation.Get("en", 2, numericOrdering: false, normalization: false);
        Assert.True(collation.Equals(BsonDocument.Parse("{a: ['X', {b: 'Y'}], n: 1}"), BsonDocument.Parse("{a: ['x', {b: 'y'}], n: 1.0}")));
        Assert.False(collation.Equals(BsonDocument.Parse("{a: 'x'}"), BsonDocument.Parse("{A: 'x'}")));
        Assert.False(collation.Equals(new BsonRegularExpression("a"), new BsonRegularExpression("A")));
        Assert.Equal(-1, Math.Sign(collation.Compare(5, "5")));
    }

    [Fact]
    public void Every_locale_reports_the_defaults_that_it_compares_by()
    {
        var locales = CollationLocales.All.ToList();
        Assert.InRange(locales.Count, 90, 120);
        Assert.All(
            locales,
            locale =>
            {
                var collation = Collation.Get(locale, 3, numericOrdering: false, normalization: false);
                var options = collation.Document;
                Assert.Equal(options["alternate"] == "shifted", collation.Compare("co-op", "coop") == 0);
                Assert.Equal(options["caseFirst"] == "upper" || locale == "en_US_POSIX", collation.Compare("A", "a") < 0);
                Assert.Equal(options["backwards"].AsBoolean, collation.Compare("q\u0300q", "qq\u0300") < 0);
                Assert.NotEqual(0, collation.SortVersion);
            }
        );
    }

    [Fact]
    public void Keys_have_the_order_that_the_library_compares_by()
    {
        var random = new Random(1);
        var info = CultureInfo.GetCultureInfo("en").CompareInfo;
        var collation = Collation.Get("en", 3, numericOrdering: true, normalization: false);
        for (var i = 0; i < 2_000; i++)
        {
            var (a, b) = (Text(random), Text(random));
            Assert.Equal(Math.Sign(info.Compare(a, b, CompareOptions.NumericOrdering)), Math.Sign(collation.Compare(a, b)));
        }
    }

    private static string Text(Random random)
    {
        const string Letters = "aAbBéÉzZ019 -_.ßøÆ漢か\u0301";
        return string.Concat(Enumerable.Range(0, random.Next(6)).Select(_ => Letters[random.Next(Letters.Length)]));
    }
}
