using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;

namespace MovieLms.AppHost.Tests.Model;

/// <summary>The application model of a run, built by the AppHost's Program but not started.</summary>
internal static class AppHostModel
{
    /// <summary>
    /// Values for every parameter. Without them, a run would write generated values to the developer's user secrets, and a publish would
    /// prompt for them.
    /// </summary>
    internal static readonly string[] Parameters =
    [
        "--Parameters:mongo-password=mongoSecret",
        "--Parameters:redis-password=redisSecret",
        "--Parameters:admin-email=admin@example.test",
        "--Parameters:admin-password=curtain-falls-slowly-42",
        "--Parameters:token-key=key",
        "--Parameters:public-url=https://movies.example.test",
        "--ConnectionStrings:mongodb=mongodb://db.example.test/movielms",
        "--ConnectionStrings:redis=cache.example.test:6380,ssl=true",
        "--ConnectionStrings:smtp=smtp://mail.example.test:587",
    ];

    internal static Task<IDistributedApplicationTestingBuilder> CreateAsync(string backing, params string[] arguments) =>
        DistributedApplicationTestingBuilder.CreateAsync<Projects.MovieLms_AppHost>([
            .. Parameters,
            $"--Run:Backing={backing}",
            .. arguments,
        ]);

    internal static IResource Resource(this IDistributedApplicationTestingBuilder builder, string name) =>
        builder.Resources.Single(resource => resource.Name == name);

    internal static IEnumerable<T> Annotations<T>(this IDistributedApplicationTestingBuilder builder, string name)
        where T : IResourceAnnotation => builder.Resource(name).Annotations.OfType<T>();

    internal static string[] Waits(this IDistributedApplicationTestingBuilder builder, string name) =>
        [.. builder.Annotations<WaitAnnotation>(name).Select(wait => wait.Resource.Name).Distinct().Order(StringComparer.Ordinal)];
}
