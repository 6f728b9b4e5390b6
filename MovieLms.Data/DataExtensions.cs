using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using MovieLms.Data.Analytics;
using MovieLms.Data.Analytics.Courses;
using MovieLms.Data.Analytics.Orders;
using MovieLms.Data.Announcements;
using MovieLms.Data.Assignments;
using MovieLms.Data.Cascades;
using MovieLms.Data.Chat;
using MovieLms.Data.Courses;
using MovieLms.Data.Dashboards;
using MovieLms.Data.Digests;
using MovieLms.Data.Enrollments;
using MovieLms.Data.Favorites;
using MovieLms.Data.Gradebooks;
using MovieLms.Data.Idempotency;
using MovieLms.Data.Identity;
using MovieLms.Data.Images;
using MovieLms.Data.Imports;
using MovieLms.Data.Lectures;
using MovieLms.Data.Mail;
using MovieLms.Data.Movies;
using MovieLms.Data.Notifications;
using MovieLms.Data.Orders;
using MovieLms.Data.PersonalData;
using MovieLms.Data.Relations;
using MovieLms.Data.Reviews;
using MovieLms.Data.Storage;
using MovieLms.Data.Students;
using MovieLms.Data.Submissions;
using MovieLms.Data.Todos;

namespace MovieLms.Data;

/// <summary>Registers the stores. A host that contains several services registers them once.</summary>
public static class DataExtensions
{
    /// <summary>Adds every store on the host's <c>IMongoDatabase</c>, and the initializer with its health check.</summary>
    public static IServiceCollection AddMovieLmsData(this IServiceCollection services)
    {
        if (services.Any(service => service.ServiceType == typeof(DatabaseInitializer)))
            return services;
        MongoSerialization.Register();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<DatabaseInitializer>();
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<DatabaseInitializer>());
        services.AddStore<MovieStore>().AddSingleton<MovieLists>().AddSingleton<MovieImporter>().AddEntity(MovieEntity.Declaration);
        services.AddStore<IdempotencyStore>();
        services
            .AddStore<ImportStore>()
            .AddStore<ImportErrorStore>()
            .AddSingleton<ImportQueue>()
            .AddSingleton<UploadStore>()
            .AddSingleton<ImportPurge>()
            .AddStore<ImportUsageStore>()
            .AddSingleton<ImportLists>()
            .AddSingleton<ImportTurns>()
            .AddSingleton<OrphanedFiles>()
            .AddSingleton<ImportCancellation>()
            .AddEntity(ImportEntity.Declaration);
        services.AddStore<TodoStore>().AddSingleton<TodoLists>().AddEntity(TodoEntity.Declaration);
        services
            .AddStore<ReviewStore>()
            .AddSingleton<ReviewLists>()
            .AddSingleton<RatingCounts>()
            .AddSingleton<ReviewRepair>()
            .AddEntity(ReviewEntity.Declaration);
        services.AddStore<FavoriteStore>().AddEntity(FavoriteEntity.Declaration);
        services.AddStore<CourseStore>().AddSingleton<CourseLists>().AddSingleton<CourseAnalytics>().AddEntity(CourseEntity.Declaration);
        services.AddStore<LectureStore>().AddSingleton<LectureLists>().AddEntity(LectureEntity.Declaration);
        services.AddStore<AttendanceStore>().AddEntity(AttendanceEntity.Declaration);
        services
            .AddStore<EnrollmentStore>()
            .AddSingleton<CourseSeats>()
            .AddSingleton<EnrollmentLists>()
            .AddEntity(EnrollmentEntity.Declaration)
            .AddCascadeEffect<EnrollmentEffect>();
        services.AddStore<AnnouncementStore>().AddEntity(AnnouncementEntity.Declaration);
        services.AddStore<AssignmentStore>().AddEntity(AssignmentEntity.Declaration);
        services.AddStore<SubmissionStore>().AddEntity(SubmissionEntity.Declaration);
        services.AddSingleton<GradebookReader>();
        services.AddStore<StudentLists>().AddSingleton<TaughtStudents>();
        services.AddSingleton<DashboardQueries>().AddSingleton<DashboardReader>();
        services.AddStore<OrderStore>().AddSingleton<OrderLists>().AddEntity(OrderEntity.Declaration);
        services.AddSingleton<EntityModel>().AddSingleton<RelationIndexes>();
        services.AddCascades();
        services.AddCascadeEffect<ReviewEffect>().AddCascadeEffect<UserEffect>();
        services.AddStore<StoredAnswers>().AddSingleton<AnalyticsStore>().AddSingleton<OrderAnalytics>().AddSingleton<AdHocPipelines>();
        services.AddHealthChecks().AddCheck<DatabaseInitializer>("indexes", HealthStatus.Unhealthy);
        services.AddIdentityStores();
        services.AddStore<OutboxStore>();
        services.AddSingleton(provider => NotificationOptions.From(provider.GetService<IConfiguration>()));
        services.AddStore<NotificationStore>().AddEntity(NotificationEntity.Declaration);
        services.AddChatStores();
        services.AddStore<ImageStore>().AddEntity(ImageEntity.Declaration);
        services.AddPersonalData();
        services.AddStore<DigestStore>().AddSingleton<UnsubscribeLinks>();
        return services;
    }
}
