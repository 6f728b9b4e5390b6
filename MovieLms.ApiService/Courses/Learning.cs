using MovieLms.ApiService.Announcements;
using MovieLms.ApiService.Enrollments;
using MovieLms.ApiService.Lectures;
using MovieLms.ApiService.Students;

namespace MovieLms.ApiService.Courses;

/// <summary>Registers and maps what courses are made of.</summary>
internal static class Learning
{
    internal static IServiceCollection AddLearning(this IServiceCollection services) => services.AddSingleton<EnrollmentAnswers>();

    internal static void MapLearning(this IEndpointRouteBuilder routes)
    {
        routes.MapCourses();
        routes.MapLectures();
        routes.MapEnrollments();
        routes.MapAnnouncements();
        routes.MapStudents();
        routes.MapCourseAnalytics();
    }
}
