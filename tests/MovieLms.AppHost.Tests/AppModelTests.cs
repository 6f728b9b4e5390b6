using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;

namespace MovieLms.AppHost.Tests;

/// <summary>The application model, without starting it.</summary>
public sealed class AppModelTests
{
    [Theory]
    [InlineData("mongo")]
    [InlineData("mongodb")]
    [InlineData("redis")]
    [InlineData("maildev")]
    [InlineData("apiservice")]
    [InlineData("worker")]
    [InlineData("realtime")]
    public async Task The_model_has_the_resource(string name)
    {
        await using var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.MovieLms_AppHost>();
        Assert.Contains(builder.Resources, resource => resource.Name == name);
    }

    [Theory]
    [InlineData("apiservice")]
    [InlineData("worker")]
    [InlineData("realtime")]
    public async Task A_service_waits_for_what_it_needs(string name)
    {
        await using var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.MovieLms_AppHost>();
        var service = builder.Resources.Single(resource => resource.Name == name);
        var waits = service.Annotations.OfType<WaitAnnotation>().Select(wait => wait.Resource.Name).ToHashSet();
        Assert.Superset(new HashSet<string> { "mongodb", "redis", "maildev" }, waits);
    }
}
