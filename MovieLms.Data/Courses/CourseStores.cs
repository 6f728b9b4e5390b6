using Microsoft.Extensions.DependencyInjection;
using MovieLms.Data.Enrollments;

namespace MovieLms.Data.Courses;

/// <summary>Registers what teaching is stored in.</summary>
internal static class CourseStores
{
    internal static IServiceCollection AddCourseStores(this IServiceCollection services)
    {
        services.AddStore<CourseStore>().AddSingleton<CourseLists>();
        services.AddStore<EnrollmentStore>().AddSingleton<CourseSeats>().AddSingleton<EnrollmentLists>();
        return services;
    }
}
