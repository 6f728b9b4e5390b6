using MongoDB.Bson;
using MovieLms.Data.Identity;
using MovieLms.Data.Submissions;

namespace MovieLms.ApiService.Submissions;

/// <summary>Creates submission responses with the names of students and graders, with one query per page.</summary>
internal sealed class SubmissionResponseFactory(UserStore users)
{
    internal async Task<IReadOnlyList<SubmissionResponse>> CreateAsync(
        IReadOnlyList<SubmissionDocument> submissions,
        bool isStaff,
        CancellationToken cancellationToken
    )
    {
        if (submissions.Count == 0)
            return [];
        var names = await users.GetNamesAsync(GetUsers(submissions, isStaff), cancellationToken);
        return [.. submissions.Select(submission => SubmissionResponse.From(submission, isStaff, names))];
    }

    internal async Task<SubmissionResponse> CreateAsync(SubmissionDocument submission, bool isStaff, CancellationToken cancellationToken) =>
        (await CreateAsync([submission], isStaff, cancellationToken))[0];

    private static ObjectId[] GetUsers(IReadOnlyList<SubmissionDocument> submissions, bool isStaff)
    {
        var graders = isStaff ? submissions.SelectMany(submission => submission.GradeChanges).Select(change => change.By) : [];
        return [.. submissions.Select(submission => submission.StudentId).Concat(graders).Distinct()];
    }
}
