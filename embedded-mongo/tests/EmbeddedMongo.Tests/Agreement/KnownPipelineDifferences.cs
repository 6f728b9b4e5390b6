using System.Text.RegularExpressions;
using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Tests.Agreement;

/// <summary>The <see cref="KnownDifferences"/> of expressions and stages.</summary>
internal static partial class KnownPipelineDifferences
{
    public static string? Explain(string command, Outcome ours, Outcome theirs)
    {
        if (!Has("\"pipeline\""))
            return null;
        return (ours.ErrorCode, theirs.ErrorCode) switch
        {
            (17046 or 17042 or 17310 or 17311, 17046 or 17042 or 17310 or 17311) => "$setIsSubset: the codes of constant and other sets",
            (_, 51104) when Has("$regexMatch") => "$regexMatch of a computed input",
            (null, null) when Has("$lookup") && (ours.ToString() + theirs).Contains("$numberDecimal", StringComparison.Ordinal) =>
                "a decimal joins an equal double",
            (_, 34468) when Has("$zip") => "$zip of computed inputs",
            (null, null) when Has("$dateTrunc") => "$dateTrunc to a day, week or month returns its start",
            (null, not null) when Has("$setField") => "$setField of null does not evaluate the value",
            (null, 5788200) or (not null, not null) when Has("$zip") => "$zip stops at the first null",
            (null, null) when Has("$mod") && AgreeAs(NumbersAsDoubles) => "$mod of an integral double is a double",
            (null, null) when Has("$avg") && AgreeAs(NumbersAsDoubles) => "$avg of decimals is a decimal",
            (null, null) when Has("$sum") && AgreeAs(DecimalsAsDoubles) => "the digits of a decimal sum depend on the order of its terms",
            (null, null) when Has("$setWindowFields") && AgreeAs(NumbersAsDoubles) =>
                "a window's sum has the type of the values in the window",
            (null, null) when (Has("$push") || Has("$first") || Has("$last") || Has("$limit") || Has("$skip")) && !Has("$sort") =>
                "no order was requested",
            (null, null) when Has("$unset") && (Has("$set") || Has("$addFields") || AgreeAs(WithoutEmptyDocuments)) =>
                "$unset takes effect before the next stage and ignores missing fields",
            (null, null) when Has("$project") && AgreeAs(WithoutEmptyDocuments) => "an exclusion creates no missing path",
            (null, null) when ExcludedPath().IsMatch(command) && AgreeAs(static v => WithoutEmptyDocuments(WithoutArrayScalars(v))) =>
                "an exclusion of a field below an array keeps the scalars in the array",
            (null, null) when (Has("$ceil") || Has("$floor")) && AgreeAs(DecimalsAsDoubles) => "$ceil of a decimal has no exponent",
            (null, null) when (Has("$push") || Has("$facet")) && AgreeAs(WithSortedArrays) =>
                "$push and $facet keep the order of the documents",
            (null, null) when Has("$group") && AgreeAs(static v => WithSortedArrays(NumbersAsDoubles(v))) =>
                "the representative of equal numbers in a group, and the order of its values",
            (null, null)
                when Has("$rank")
                    && AgreeAs(static v => NumbersAsDoubles(v is BsonDocument d ? new BsonDocument(d.Where(e => e.Name != "r")) : v)) =>
                "an empty array and null have different ranks",
            (null, null) when (Has("$max") || Has("$min")) && AgreeAs(NumbersAsDoubles) => "the representative of equal numbers",
            (null, null)
                when Has("$group")
                    && (
                        AgreeAs(WithoutNulls)
                        || theirs.Values.Any(static group => group is BsonDocument document && !document.Contains("_id"))
                    ) => "the group of documents without the field has the _id null",
            (null, null) when Has("$avg") && AgreeAs(static v => WithoutNulls(NumbersAsDoubles(v))) =>
                "$avg of decimals is a decimal, and $first of a missing field is null",
            (null, null) when (Has("$set") || Has("$addFields")) && AgreeAs(WithSortedFields) => "a replaced field keeps its position",
            (null, null) when command.Split("$group").Length + command.Split("$bucket").Length > 3 =>
                "null and missing form one group, which affects the counts of a second group",
            (null, null) when AgreeAs(ZerosAsDoubles) => "the digits of a decimal zero",
            (null, not null) when Has("$add") || Has("$multiply") || Has("$concat") => "evaluation stops at the first null",
            (not null, not null) when command.Split("\"$").Length > 5 => "the order in which operands or stages fail",
            (null, null) when command.Split("$facet").Length > 2 => "$facet of no documents returns one document",
            (null, not null) when FilterAfterProjection().IsMatch(command) =>
                "a filter moves before a failing stage that does not change its fields",
            (not null, null) when Has("$group") && Has("$match") && theirs.Values.Count == 0 =>
                "a filter without fields does not move before a failing $group",
            (not null, null) when Has("$last") => "$last evaluates every value",
            (not null, null) when Has("$expr") && command.Split("$match").Length > 2 =>
                "the conditions of consecutive filters are evaluated in order",
            (null, not null) when Has("$expr") && command.Split("$match").Length > 2 =>
                "$expr is not evaluated for documents that another condition excludes",
            (null, null) when (Has("$first") || Has("$last")) && AgreeAs(WithoutNulls) => "$first of a missing field is null",
            _ => null,
        };

        bool Has(string text) => command.Contains(text, StringComparison.Ordinal);

        bool AgreeAs(Func<BsonValue, BsonValue> normalize) =>
            Outcome.Agree(Outcome.Of(ours.Values.Select(normalize)), Outcome.Of(theirs.Values.Select(normalize)), ordered: false);
    }

    private static BsonValue NumbersAsDoubles(BsonValue value) =>
        Map(value, static v => BsonNumbers.IsNumber(v) ? new BsonDouble(BsonNumbers.ToDouble(v)) : v);

    private static BsonValue ZerosAsDoubles(BsonValue value) =>
        Map(value, static v => v is BsonDecimal128 && BsonNumbers.ToDouble(v) == 0 ? new BsonDouble(0) : v);

    private static BsonValue DecimalsAsDoubles(BsonValue value) =>
        Map(value, static v => v is BsonDecimal128 ? new BsonDouble(BsonNumbers.ToDouble(v)) : v);

    private static BsonValue WithSortedArrays(BsonValue value) =>
        value switch
        {
            BsonDocument document => new BsonDocument(
                document.Select(element => new BsonElement(element.Name, WithSortedArrays(element.Value)))
            ),
            BsonArray array => new BsonArray(array.Select(WithSortedArrays).OrderBy(static item => item.ToJson(), StringComparer.Ordinal)),
            _ => value,
        };

    private static BsonValue WithSortedFields(BsonValue value) =>
        value is BsonDocument document ? new BsonDocument(document.OrderBy(static element => element.Name, StringComparer.Ordinal)) : value;

    private static BsonValue WithoutEmptyDocuments(BsonValue value) =>
        value is BsonDocument document
            ? new BsonDocument(document.Where(static element => element.Value is not BsonDocument { ElementCount: 0 }))
            : value;

    private static BsonValue WithoutNulls(BsonValue value) =>
        value is BsonDocument document ? new BsonDocument(document.Where(static element => !element.Value.IsBsonNull)) : value;

    private static BsonValue WithoutArrayScalars(BsonValue value) =>
        value switch
        {
            BsonDocument document => new BsonDocument(
                document.Select(element => new BsonElement(element.Name, WithoutArrayScalars(element.Value)))
            ),
            BsonArray array => new BsonArray(
                array.Select(WithoutArrayScalars).Where(static item => item is BsonDocument { ElementCount: > 0 } or BsonArray)
            ),
            _ => value,
        };

    [GeneratedRegex("\"\\$(project|unset)\"[^$]*\"[a-z]+\\.[a-z]+\" : 0")]
    private static partial Regex ExcludedPath();

    [GeneratedRegex("\"\\$(project|unset|set|addFields)\" : .*\"\\$match\"")]
    private static partial Regex FilterAfterProjection();

    private static BsonValue Map(BsonValue value, Func<BsonValue, BsonValue> leaf) =>
        value switch
        {
            BsonDocument document => new BsonDocument(document.Select(element => new BsonElement(element.Name, Map(element.Value, leaf)))),
            BsonArray array => new BsonArray(array.Select(item => Map(item, leaf))),
            _ => leaf(value),
        };
}
