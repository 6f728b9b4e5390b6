using Microsoft.Extensions.DependencyInjection;
using MovieLms.Data.Announcements;
using MovieLms.Data.Assignments;
using MovieLms.Data.Cascades;
using MovieLms.Data.Dashboards;
using MovieLms.Data.Enrollments;
using MovieLms.Data.Lectures;
using MovieLms.Data.Relations;
using MovieLms.Data.Students;
using MovieLms.Data.Submissions;

namespace MovieLms.Data.Courses;

/// <summary>Registers what teaching is stored in.</summary>
internal static class CourseStores
{
    internal static IServiceCollection AddCourseStores(this IServiceCollection services)
    {
        foreach (var entity in CourseEntities.Declarations.Concat(SubmissionEntities.Declarations))
            services.AddEntity(entity);
        services.AddStore<CourseStore>().AddSingleton<CourseLists>().AddSingleton<CourseAnalytics>();
        services.AddStore<LectureStore>().AddSingleton<LectureLists>().AddStore<AttendanceStore>();
        services.AddStore<EnrollmentStore>().AddSingleton<CourseSeats>().AddSingleton<EnrollmentLists>();
        services.AddStore<AnnouncementStore>().AddSingleton<AnnouncementDelivery>();
        services.AddStore<AssignmentStore>().AddStore<SubmissionStore>();
        services.AddStore<StudentLists>().AddSingleton<TaughtStudents>();
        services.AddSingleton<DashboardQueries>().AddSingleton<DashboardReader>();
        return services.AddCascadeEffect<EnrollmentEffect>();
    }
}
