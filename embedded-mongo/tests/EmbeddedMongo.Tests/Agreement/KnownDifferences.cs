using EmbeddedMongo.Query;
using MongoDB.Bson;

namespace EmbeddedMongo.Tests.Agreement;

/// <summary>
/// Where the other server is known to differ from MongoDB's manual. Each entry is listed, with the page that decides, in the README of the
/// embedded server.
/// </summary>
internal static class KnownDifferences
{
    /// <summary>Why the two answers differ, or null when nothing is known that explains it.</summary>
    public static string? Explain(AgreementCase agreementCase, Outcome ours, Outcome theirs)
    {
        var command = agreementCase.Command.ToJson();
        var documents = agreementCase.Documents.ToJson();
        return (ours.ErrorCode, theirs.ErrorCode) switch
        {
            (14, 2) when Has("$pop") => "$pop of something that is no array is TypeMismatch",
            (2, 40) when Has("$rename") => "$rename to itself is BadValue",
            (31249 or 31250, null) when theirs.Values.Count == 0 => "projections are checked before documents are read",
            (31253 or 31254, 31253 or 31254) => "which of the two kinds a mixed projection names",
            (null, 2 or 28) when Has("$unset") => "$unset of what is not there does nothing",
            (2, null) when ours.Error!.Contains("parallel arrays", StringComparison.Ordinal) => "no sort by two arrays",
            (null, null) when Has("$bits") && documents.Contains("$numberDecimal", StringComparison.Ordinal) =>
                "bit tests do not match fractions",
            (null, null) when Has("$elemMatch") && Has("\"_id\" : 0") => "$elemMatch is an inclusion whatever is said of _id",
            (null, null) when Has("$slice") && Has("\"_id\" : 1") => "{_id: 1} beside $slice is an inclusion",
            (null, null) when Has("\"$each\" : []") => "$push and $addToSet create the array that they add nothing to",
            (not null, not null) when Operators(agreementCase.Command) > 1 => "which of two operators fails first",
            (2, _) when Has("$[") && ours.Error!.Contains("must exist", StringComparison.Ordinal) =>
                "$[] wants an array, whatever the operator",
            (28, 9) => "a name under an array is PathNotViable",
            (null, 9) when Has("$setOnInsert") && Has("arrayFilters") => "array filters of $setOnInsert count as used",
            (2 or 9 or 14 or 40, null) when agreementCase.Command.Contains("update") && !Finds(agreementCase) =>
                "an update is checked even when it finds nothing",
            (2, _) when ours.Error!.StartsWith("The positional operator did not find", StringComparison.Ordinal) =>
                "the positional operator wants an element that the filter found, not by a negation",
            (40, null) when Has("$[") => "$[] and another part below one array conflict, whatever the document",
            (null, 2) when theirs.Error!.StartsWith("The positional operator failed", StringComparison.Ordinal) =>
                "an element in which the field is missing is a match for the positional operator, too",
            (null, 40) when Has(".$") => "whether $ and a number are one place is known document by document",
            (null, 2) when Has("\"$all\" : []") => "$all of nothing finds nothing",
            (null, 28) when Has("arrayFilters") => "$nin of null does not take a scalar in which the field is missing",
            (_, 1088) => "the other server has no array filters on decimals",
            (9, 2) when Has("arrayFilters") => "an array filter that no path uses is FailedToParse",
            (14, 28) => "an operand is checked before the path is followed",
            (171, null) => "an index of two arrays refuses a document",
            (40, null) when Has("$setOnInsert") => "paths conflict though $setOnInsert will do nothing",
            (null, 2) when Has("$setOnInsert") && Has("arrayFilters") => "array filters of $setOnInsert count as used",
            (14, null) when Has("$inc") || Has("$mul") => "true and false are not numbers to $inc",
            (28, null) when Has("arrayFilters") => "an array filter on null takes scalars, in which no field can be created",
            (null, null) when (Has("$pull") || Has("$pop") || Has("$rename")) && theirs.ToString().Length > ours.ToString().Length =>
                "what is not there is not created to take something from it",
            (null, null) when Has("$push") && Has("\"$slice\" : 0") => "$push creates the array of which it keeps nothing",
            (null, null) when Has("$mul") && (Has("$numberDecimal") || documents.Contains("$numberDecimal", StringComparison.Ordinal)) =>
                "how many digits the zero has that $mul creates",
            (null, null) when SortsEmptyArrays(agreementCase) && ours.Values.Count == theirs.Values.Count =>
                "an empty array sorts before null",
            (null, null)
                when Has("distinct")
                    && ours.Values.Count == theirs.Values.Count
                    && ours.Values.Order(Comparer).SequenceEqual(theirs.Values.Order(Comparer), Equality) =>
                "which of equal numbers stands for them",
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

    private static bool Finds(AgreementCase agreementCase)
    {
        var filter = MatchParser.Parse(agreementCase.Command["updates"][0]["q"].AsBsonDocument, MatchContext.Default);
        return agreementCase.Documents.Any(document => filter.Matches(document.AsBsonDocument));
    }

    private static int Operators(BsonDocument command) =>
        command.TryGetValue("updates", out var updates) && updates[0]["u"] is BsonDocument update ? update.ElementCount : 0;

    private static IComparer<BsonValue?> Comparer => EmbeddedMongo.Values.BsonOrder.Comparer;

    private static IEqualityComparer<BsonValue?> Equality => EmbeddedMongo.Values.BsonOrder.EqualityComparer;
}
