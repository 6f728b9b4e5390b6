using MovieLms.ApiService.Announcements;
using MovieLms.ApiService.Assignments;
using MovieLms.ApiService.Courses;
using MovieLms.ApiService.Enrollments;
using MovieLms.ApiService.Lectures;
using MovieLms.ApiService.Students;
using MovieLms.ApiService.Submissions;

namespace MovieLms.ApiService;

/// <summary>Registers and maps what courses are made of.</summary>
internal static class Learning
{
    internal static IServiceCollection AddLearning(this IServiceCollection services) =>
        services.AddSingleton<EnrollmentAnswers>().AddSingleton<CourseMembers>();

    internal static void MapLearning(this IEndpointRouteBuilder routes)
    {
        routes.MapCourses();
        routes.MapLectures();
        routes.MapEnrollments();
        routes.MapAnnouncements();
        routes.MapAssignments();
        routes.MapSubmissions();
        routes.MapGradeImport();
        routes.MapStudents();
        routes.MapCourseAnalytics();
    }
}
