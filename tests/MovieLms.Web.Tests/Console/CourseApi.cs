namespace MovieLms.Web.Tests.Console;

/// <summary>The API's responses about one course.</summary>
internal static class CourseApi
{
    internal const string Id = "cccccccccccccccccccccccc";
    internal const string EnrollmentId = "eeeeeeeeeeeeeeeeeeeeeeee";

    /// <summary>The ID of the visitor of <see cref="ConsoleHost"/>.</summary>
    internal const string VisitorId = "aaaaaaaaaaaaaaaaaaaaaaaa";
    private const string OtherId = "bbbbbbbbbbbbbbbbbbbbbbbb";

    /// <summary>Sets the responses that every page of a course needs.</summary>
    /// <param name="console">The pages and the API.</param>
    /// <param name="isOwned">Whether the visitor owns the course.</param>
    /// <param name="enrollment">The status of the visitor's enrollment; null for none.</param>
    /// <param name="price">The price.</param>
    /// <param name="archivedAt">When the course was archived; null while it is not.</param>
    internal static void RespondCourse(
        this ConsoleHost console,
        bool isOwned = false,
        string? enrollment = null,
        double price = 0,
        string? archivedAt = null
    )
    {
        console.Respond($"GET /api/courses/{Id}", CreateCourse(isOwned, price, archivedAt));
        console.Respond("GET /api/enrollments", CreatePage(enrollment is null ? [] : [CreateEnrollment(enrollment)]));
        console.Respond($"GET /api/courses/{Id}/lectures", CreatePage());
        console.Respond($"GET /api/courses/{Id}/announcements", CreatePage());
        console.Respond("GET /api/imports", CreatePage());
    }

    internal static object CreateCourse(bool isOwned = false, double price = 0, string? archivedAt = null) =>
        new
        {
            id = Id,
            title = "The <art> of editing",
            description = "First line\nSecond line",
            price,
            currency = "EUR",
            capacity = 20,
            status = "published",
            ownerId = isOwned ? VisitorId : OtherId,
            instructor = new { id = isOwned ? VisitorId : OtherId, name = "Maya Deren" },
            activeEnrollments = 7,
            version = 3,
            createdAt = "2026-01-02T03:04:05Z",
            updatedAt = "2026-01-02T03:04:05Z",
            archivedAt,
        };

    internal static object CreateEnrollment(string status) =>
        new
        {
            id = EnrollmentId,
            courseId = Id,
            courseTitle = "The <art> of editing",
            studentId = VisitorId,
            studentName = "Ida Lupino",
            status,
            grade = 92.5,
            version = 1,
            enrolledAt = "2026-02-03T04:05:06Z",
        };

    internal static object CreateLecture(string id, string title, string? from = null, string? until = null) =>
        new
        {
            id,
            courseId = Id,
            title,
            startsAt = from,
            durationMinutes = 90,
            attendableFrom = from,
            attendableUntil = until,
            version = 2,
            createdAt = "2026-01-02T03:04:05Z",
            updatedAt = "2026-01-02T03:04:05Z",
        };

    internal static object CreatePage(params object[] items) =>
        new
        {
            items,
            nextCursor = (string?)null,
            total = new { count = items.Length, isExact = true },
        };
}
