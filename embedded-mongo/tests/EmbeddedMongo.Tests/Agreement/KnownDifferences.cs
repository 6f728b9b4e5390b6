using EmbeddedMongo.Aggregation;
using EmbeddedMongo.Errors;
using EmbeddedMongo.Expressions;
using EmbeddedMongo.Query;
using MongoDB.Bson;

namespace EmbeddedMongo.Tests.Agreement;

/// <summary>
/// Known differences between the other server and MongoDB. The README of the embedded server lists each of them with the evidence for
/// this server's behavior.
/// </summary>
internal static class KnownDifferences
{
    /// <summary>Returns why the two results differ, or null if no known difference explains it.</summary>
    public static string? Explain(AgreementCase agreementCase, Outcome ours, Outcome theirs)
    {
        var command = agreementCase.Command.ToJson();
        var documents = agreementCase.Documents.ToJson();
        return (ours.ErrorCode, theirs.ErrorCode) switch
        {
            (14, 2) when Has("$pop") => "$pop of a non-array is TypeMismatch",
            (2, 40) when Has("$rename") => "$rename to itself is BadValue",
            (31249 or 31250, null) when theirs.Values.Count == 0 => "projections are checked before documents are read",
            (not null, null) when theirs.Values.Count == 0 && FailsWhileParsing(agreementCase.Command, ours) =>
                "pipelines are checked, and constants evaluated, before documents are read",
            (31253 or 31254, 31253 or 31254) => "the kind that the error for a mixed projection names",
            (null, 2 or 28) when Has("$unset") => "$unset of a missing field has no effect",
            (2, null) when ours.Error!.Contains("parallel arrays", StringComparison.Ordinal) => "sort by two arrays is an error",
            (null, null) when Has("$bits") && documents.Contains("$numberDecimal", StringComparison.Ordinal) =>
                "bit tests do not match fractions",
            (null, null) when Has("$elemMatch") && Has("\"_id\" : 0") => "$elemMatch is an inclusion even with _id: 0",
            (null, null) when Has("$slice") && Has("\"_id\" : 1") => "$slice with _id: 1 is an inclusion",
            (null, null) when Has("\"$each\" : []") => "$push and $addToSet create the array even if they add nothing",
            (not null, not null) when CountOperators(agreementCase.Command) > 1 => "the order in which operators fail",
            (2, _) when Has("$[") && ours.Error!.Contains("must exist", StringComparison.Ordinal) =>
                "$[] requires an array with every operator",
            (28, 9) => "a name under an array is PathNotViable",
            (28, 2) when Has("$rename") => "$rename of a name under an array is PathNotViable",
            (null, 9) when Has("$setOnInsert") && Has("arrayFilters") => "array filters of $setOnInsert count as used",
            (2 or 9 or 14 or 40, null) when agreementCase.Command.Contains("update") && !MatchesAny(agreementCase) =>
                "an update is validated even if it matches nothing",
            (2, _) when ours.Error!.StartsWith("The positional operator did not find", StringComparison.Ordinal) =>
                "the positional operator requires an element matched by a condition that is not negated",
            (40, null) when Has("$[") => "$[] and another part below one array conflict, regardless of the document",
            (null, 2) when theirs.Error!.StartsWith("The positional operator failed", StringComparison.Ordinal) =>
                "the positional operator also matches an element without the field",
            (null, 40) when Has(".$") => "whether $ and an index conflict depends on the document",
            (null, 2) when Has("\"$all\" : []") => "$all of an empty array matches nothing",
            (null, 28) when Has("arrayFilters") => "$nin of null does not match a scalar",
            (_, 1088) => "the other server does not support array filters on decimals",
            (9, 2) when Has("arrayFilters") => "an array filter that no path uses is FailedToParse",
            (14, 28) => "an operand is validated before the path is traversed",
            (171, null) => "an index rejects documents with two indexed arrays",
            (40, null) when Has("$setOnInsert") => "paths conflict even if $setOnInsert has no effect",
            (null, 2) when Has("$setOnInsert") && Has("arrayFilters") => "array filters of $setOnInsert count as used",
            (14, null) when Has("$inc") || Has("$mul") => "$inc rejects booleans",
            (28, null) when Has("arrayFilters") => "an array filter on null matches scalars, in which no field can be created",
            (null, null) when (Has("$pull") || Has("$pop") || Has("$rename")) && theirs.ToString().Length > ours.ToString().Length =>
                "removing operators do not create missing fields",
            (null, null) when Has("$push") && Has("\"$slice\" : 0") => "$push creates the array even if it keeps no element",
            (null, null) when Has("$mul") && (Has("$numberDecimal") || documents.Contains("$numberDecimal", StringComparison.Ordinal)) =>
                "the number of digits of the zero created by $mul",
            (null, null) when SortsEmptyArrays(agreementCase) && ours.Values.Count == theirs.Values.Count =>
                "an empty array sorts before null",
            (null, null)
                when Has("distinct")
                    && ours.Values.Count == theirs.Values.Count
                    && ours.Values.Order(Comparer).SequenceEqual(theirs.Values.Order(Comparer), Equality) =>
                "the representative of equal numbers",
            _ => KnownPipelineDifferences.Explain(command, ours, theirs),
        };

        bool Has(string text) => command.Contains(text, StringComparison.Ordinal);
    }

    private static bool SortsEmptyArrays(AgreementCase agreementCase)
    {
        var command = agreementCase.Command;
        if (command.Contains("pipeline"))
        {
            return agreementCase.Documents.ToJson().Contains("[]", StringComparison.Ordinal)
                && command["pipeline"]
                    .AsBsonArray.Any(stage =>
                        stage.AsBsonDocument.TryGetValue("$sort", out var sort) && sort.AsBsonDocument.Names.Any(name => name != "_id")
                    );
        }

        return command.TryGetValue("sort", out var keys)
            && keys.AsBsonDocument.Names.Any(name =>
                agreementCase.Documents.Any(document => document.AsBsonDocument.GetValue(name, BsonNull.Value) is BsonArray { Count: 0 })
            );
    }

    private static bool MatchesAny(AgreementCase agreementCase)
    {
        var filter = MatchParser.Parse(agreementCase.Command["updates"][0]["q"].AsBsonDocument, MatchContext.Default);
        return agreementCase.Documents.Any(document => filter.Matches(document.AsBsonDocument));
    }

    private static bool FailsWhileParsing(BsonDocument command, Outcome ours)
    {
        if (!command.TryGetValue("pipeline", out var pipeline))
            return false;

        try
        {
            PipelineParser.Parse(pipeline.AsBsonArray, new EvaluationContext(TimeProvider.System));
            return false;
        }
        catch (MongoErrorException error)
        {
            return error.Code == ours.ErrorCode;
        }
    }

    private static int CountOperators(BsonDocument command) =>
        command.TryGetValue("updates", out var updates) && updates[0]["u"] is BsonDocument update ? update.ElementCount : 0;

    private static IComparer<BsonValue?> Comparer => EmbeddedMongo.Values.BsonOrder.Comparer;

    private static IEqualityComparer<BsonValue?> Equality => EmbeddedMongo.Values.BsonOrder.EqualityComparer;
}
