using System.Globalization;
using MongoDB.Bson;

namespace MovieLms.Application.Live;

/// <summary>Tells a student of a grade, whether it was given by hand or by a row of a file.</summary>
public static class GradeNews
{
    /// <summary>Tells it.</summary>
    /// <param name="notifier">Stores and says it.</param>
    /// <param name="studentId">Whom.</param>
    /// <param name="submissionId">The work.</param>
    /// <param name="grade">0 to 100.</param>
    /// <param name="occasion">Tells one grading of the work from another, so that a repeat tells nothing.</param>
    /// <param name="cancellationToken">Stops before it is stored.</param>
    public static Task NotifyGradedAsync(
        this Notifier notifier,
        ObjectId studentId,
        ObjectId submissionId,
        double grade,
        string occasion,
        CancellationToken cancellationToken
    ) =>
        notifier.NotifyAsync(
            [studentId],
            "grade",
            "Your work was graded",
            string.Create(CultureInfo.InvariantCulture, $"You have {grade:0.##} of 100."),
            $"/api/submissions/{submissionId}",
            $"grade:{submissionId}:{occasion}",
            cancellationToken
        );
}
