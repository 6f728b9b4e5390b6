using MongoDB.Bson;
using MovieLms.Data.Courses;
using MovieLms.Data.Enrollments;
using MovieLms.Data.Identity;

namespace MovieLms.ApiService.Enrollments;

/// <summary>Adds titles and names to enrolments: two queries a page, however long it is.</summary>
internal sealed class EnrollmentAnswers(CourseStore courses, UserStore users)
{
    internal async Task<IReadOnlyList<EnrollmentResponse>> OfAsync(
        IReadOnlyList<EnrollmentDocument> enrollments,
        CancellationToken cancellationToken
    )
    {
        if (enrollments.Count == 0)
            return [];
        var titles = courses.TitlesAsync(Distinct(enrollments, enrollment => enrollment.CourseId), cancellationToken);
        var names = users.NamesAsync(Distinct(enrollments, enrollment => enrollment.StudentId), cancellationToken);
        await Task.WhenAll(titles, names);
        var (titleOf, nameOf) = (await titles, await names);
        return
        [
            .. enrollments.Select(enrollment =>
                EnrollmentResponse.From(
                    enrollment,
                    titleOf.GetValueOrDefault(enrollment.CourseId),
                    nameOf.GetValueOrDefault(enrollment.StudentId)
                )
            ),
        ];
    }

    internal async Task<EnrollmentResponse> OfAsync(EnrollmentDocument enrollment, CancellationToken cancellationToken) =>
        (await OfAsync([enrollment], cancellationToken))[0];

    private static ObjectId[] Distinct(IReadOnlyList<EnrollmentDocument> enrollments, Func<EnrollmentDocument, ObjectId> id) =>
        [.. enrollments.Select(id).Distinct()];
}
