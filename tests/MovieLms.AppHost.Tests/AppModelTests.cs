using Aspire.Hosting.ApplicationModel;

namespace MovieLms.AppHost.Tests;

/// <summary>The application model of a run, without starting it.</summary>
public sealed class AppModelTests
{
    [Theory]
    [InlineData("mongo")]
    [InlineData("mongodb")]
    [InlineData("redis")]
    [InlineData("maildev")]
    [InlineData("smtp")]
    [InlineData("apiservice")]
    [InlineData("worker")]
    [InlineData("realtime")]
    public async Task The_model_has_the_resource(string name)
    {
        await using var builder = await AppHostModel.CreateAsync();
        Assert.Contains(builder.Resources, resource => resource.Name == name);
    }

    [Theory]
    [InlineData("apiservice", "maildev mongodb redis")]
    [InlineData("worker", "apiservice maildev mongodb redis")]
    [InlineData("realtime", "apiservice maildev mongodb redis")]
    public async Task A_service_waits_for_what_it_needs(string name, string needed)
    {
        await using var builder = await AppHostModel.CreateAsync();
        // Waiting for a database is waiting for its server too.
        Assert.Equal(needed.Split(' '), builder.Waits(name).Except(["mongo"]));
    }

    [Theory]
    [InlineData("apiservice", "mongodb redis smtp")]
    [InlineData("worker", "apiservice mongodb redis smtp")]
    [InlineData("realtime", "apiservice mongodb redis smtp")]
    public async Task A_service_refers_to_its_connections(string name, string referred)
    {
        await using var builder = await AppHostModel.CreateAsync();
        var references = builder.Annotations<ResourceRelationshipAnnotation>(name)
            .Where(relationship => relationship.Type == "Reference").Select(relationship => relationship.Resource.Name).ToHashSet();
        Assert.Superset(referred.Split(' ').ToHashSet(), references);
    }

    [Theory]
    [InlineData("apiservice", "http")]
    [InlineData("worker", "http")]
    [InlineData("realtime", "http")]
    [InlineData("maildev", "http smtp")]
    [InlineData("mongo", "tcp")]
    [InlineData("redis", "tcp")]
    public async Task A_resource_has_its_endpoints(string name, string endpoints)
    {
        await using var builder = await AppHostModel.CreateAsync();
        var names = builder.Annotations<EndpointAnnotation>(name).Select(endpoint => endpoint.Name).ToHashSet();
        Assert.Superset(endpoints.Split(' ').ToHashSet(), names);
    }

    [Theory]
    [InlineData("apiservice")]
    [InlineData("worker")]
    [InlineData("realtime")]
    public async Task A_service_is_probed_at_alive_and_health(string name)
    {
        await using var builder = await AppHostModel.CreateAsync();
        var checks = builder.Annotations<HealthCheckAnnotation>(name).Select(check => check.Key).ToArray();
        Assert.Contains(checks, key => key.Contains("/alive", StringComparison.Ordinal));
        Assert.Contains(checks, key => key.Contains("/health", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Mail_is_checked_before_a_service_starts()
    {
        await using var builder = await AppHostModel.CreateAsync();
        Assert.Contains(builder.Annotations<HealthCheckAnnotation>("maildev"), check => check.Key.Contains("/healthz", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Realtime_runs_twice()
    {
        await using var builder = await AppHostModel.CreateAsync();
        Assert.Equal(2, Assert.Single(builder.Annotations<ReplicaAnnotation>("realtime")).Replicas);
    }

    [Theory]
    [InlineData("mongo", "movielms-mongo", "/data/db")]
    [InlineData("redis", "movielms-redis", "/data")]
    public async Task Data_is_kept_in_a_named_volume(string name, string volume, string target)
    {
        await using var builder = await AppHostModel.CreateAsync();
        var mount = Assert.Single(builder.Annotations<ContainerMountAnnotation>(name), mount => mount.Type == ContainerMountType.Volume);
        Assert.Equal((volume, target), (mount.Source, mount.Target));
    }

    [Theory]
    [InlineData("mongo-password", true)]
    [InlineData("redis-password", true)]
    [InlineData("admin-email", false)]
    [InlineData("admin-password", true)]
    [InlineData("token-key", true)]
    public async Task A_secret_is_a_parameter_marked_so(string name, bool secret)
    {
        await using var builder = await AppHostModel.CreateAsync();
        Assert.Equal(secret, Assert.IsType<ParameterResource>(builder.Resource(name)).Secret);
    }

    [Fact]
    public async Task The_dashboard_can_import_the_sample_films()
    {
        await using var builder = await AppHostModel.CreateAsync();
        Assert.Contains(builder.Annotations<ResourceCommandAnnotation>("apiservice"), command => command.Name == "import-sample-films");
    }

    [Theory]
    [InlineData("mongo-mongoexpress")]
    [InlineData("redisinsight")]
    public async Task A_tool_is_there_on_request_only(string name)
    {
        await using (var without = await AppHostModel.CreateAsync()) Assert.DoesNotContain(without.Resources, resource => resource.Name == name);
        await using var with = await AppHostModel.CreateAsync("--Tools=true");
        Assert.Contains(with.Resources, resource => resource.Name == name);
    }
}
