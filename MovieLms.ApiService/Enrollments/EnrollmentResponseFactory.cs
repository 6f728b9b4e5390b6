using MongoDB.Bson;
using MovieLms.Data.Courses;
using MovieLms.Data.Enrollments;
using MovieLms.Data.Identity;

namespace MovieLms.ApiService.Enrollments;

/// <summary>Creates enrollment responses with course titles and student names, with two queries per page.</summary>
internal sealed class EnrollmentResponseFactory(CourseStore courses, UserStore users)
{
    internal async Task<IReadOnlyList<EnrollmentResponse>> CreateAsync(
        IReadOnlyList<EnrollmentDocument> enrollments,
        CancellationToken cancellationToken
    )
    {
        if (enrollments.Count == 0)
            return [];
        var titles = courses.GetTitlesAsync(Distinct(enrollments, enrollment => enrollment.CourseId), cancellationToken);
        var names = users.GetNamesAsync(Distinct(enrollments, enrollment => enrollment.StudentId), cancellationToken);
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

    internal async Task<EnrollmentResponse> CreateAsync(EnrollmentDocument enrollment, CancellationToken cancellationToken) =>
        (await CreateAsync([enrollment], cancellationToken))[0];

    private static ObjectId[] Distinct(IReadOnlyList<EnrollmentDocument> enrollments, Func<EnrollmentDocument, ObjectId> id) =>
        [.. enrollments.Select(id).Distinct()];
}
