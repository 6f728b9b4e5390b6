using MovieLms.ApiService.Announcements;
using MovieLms.ApiService.Assignments;
using MovieLms.ApiService.Courses;
using MovieLms.ApiService.Enrollments;
using MovieLms.ApiService.Gradebooks;
using MovieLms.ApiService.Lectures;
using MovieLms.ApiService.Students;
using MovieLms.ApiService.Submissions;

namespace MovieLms.ApiService;

/// <summary>Registers and maps courses and the areas that belong to them.</summary>
internal static class Learning
{
    internal static IServiceCollection AddLearning(this IServiceCollection services) =>
        services
            .AddSingleton<CourseResponseFactory>()
            .AddSingleton<EnrollmentResponseFactory>()
            .AddSingleton<SubmissionResponseFactory>()
            .AddSingleton<EnrollmentBatch>()
            .AddSingleton<CourseMembers>();

    internal static void MapLearning(this IEndpointRouteBuilder routes)
    {
        routes.MapCourses();
        routes.MapLectures();
        routes.MapEnrollments();
        routes.MapEnrollmentBatch();
        routes.MapAnnouncements();
        routes.MapAssignments();
        routes.MapSubmissions();
        routes.MapGradeImport();
        routes.MapGradebook();
        routes.MapStudents();
        routes.MapCourseAnalytics();
    }
}
