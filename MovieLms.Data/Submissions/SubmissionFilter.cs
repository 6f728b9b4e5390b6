using MongoDB.Bson;

namespace MovieLms.Data.Submissions;

/// <summary>The submissions of an assignment that a list contains.</summary>
/// <param name="StudentId">Only that student's; null for all.</param>
/// <param name="IsGraded">Only those with or without a grade; null for both.</param>
/// <param name="IsLate">Only those whose current work is late or in time; null for both.</param>
public readonly record struct SubmissionFilter(ObjectId? StudentId = null, bool? IsGraded = null, bool? IsLate = null)
{
    internal void AddTo(BsonDocument filter)
    {
        if (StudentId is { } student)
            filter.Add(SubmissionFields.StudentId, student);
        if (IsGraded is { } isGraded)
            filter.Add(SubmissionFields.Grade, isGraded ? new BsonDocument("$ne", BsonNull.Value) : BsonNull.Value);
        if (IsLate is { } isLate)
            filter.Add(SubmissionFields.IsLate, isLate);
    }
}
