using System.Globalization;
using MongoDB.Bson;

namespace MovieLms.Application.Live;

/// <summary>Notifies students of grades, whether given in the API or by an import.</summary>
public static class GradeNotifications
{
    /// <summary>Sends the notification.</summary>
    /// <remarks>
    /// <paramref name="occasion"/> identifies this grading of the submission, so that repeating the call sends no second notification.
    /// </remarks>
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
            "Your submission was graded",
            string.Create(CultureInfo.InvariantCulture, $"Your grade is {grade:0.##} out of 100."),
            $"/api/submissions/{submissionId}",
            $"grade:{submissionId}:{occasion}",
            cancellationToken
        );
}
