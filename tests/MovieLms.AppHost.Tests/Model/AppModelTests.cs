using Aspire.Hosting.ApplicationModel;

namespace MovieLms.AppHost.Tests.Model;

/// <summary>The application model of a run, which is the same for containers and embedded processes.</summary>
public sealed class AppModelTests
{
    private const string Containers = "containers";

    [Theory]
    [InlineData(Containers)]
    [InlineData("embedded")]
    public async Task The_model_has_the_same_resources_for_every_backing(string backing)
    {
        await using var builder = await AppHostModel.CreateAsync(backing);
        string[] expected = ["apiservice", "mail", "mongo", "mongodb", "realtime", "redis", "smtp", "web", "worker"];
        Assert.Equal(expected, builder.Resources.Select(resource => resource.Name).Where(expected.Contains).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(Containers, "apiservice", "mail mongodb redis")]
    [InlineData(Containers, "worker", "apiservice mail mongodb redis")]
    [InlineData(Containers, "realtime", "apiservice mail mongodb redis")]
    [InlineData(Containers, "web", "apiservice realtime worker")]
    [InlineData("embedded", "apiservice", "mail mongodb redis")]
    [InlineData("embedded", "worker", "apiservice mail mongodb redis")]
    [InlineData("embedded", "realtime", "apiservice mail mongodb redis")]
    [InlineData("embedded", "web", "apiservice realtime worker")]
    public async Task A_service_waits_for_its_dependencies(string backing, string name, string expected)
    {
        await using var builder = await AppHostModel.CreateAsync(backing);
        // Waiting for a database includes waiting for its server.
        Assert.Equal(expected.Split(' '), builder.Waits(name).Except(["mongo"]));
    }

    [Theory]
    [InlineData("apiservice", "mongodb redis smtp")]
    [InlineData("worker", "apiservice mongodb redis smtp")]
    [InlineData("realtime", "apiservice mongodb redis smtp")]
    [InlineData("web", "apiservice mail mongodb realtime worker")]
    public async Task A_service_references_its_connections(string name, string expected)
    {
        foreach (var backing in new[] { Containers, "embedded" })
        {
            await using var builder = await AppHostModel.CreateAsync(backing);
            var references = builder
                .Annotations<ResourceRelationshipAnnotation>(name)
                .Where(relationship => relationship.Type == "Reference")
                .Select(relationship => relationship.Resource.Name)
                .ToHashSet();
            Assert.Superset(expected.Split(' ').ToHashSet(), references);
        }
    }

    [Theory]
    [InlineData("apiservice", "http")]
    [InlineData("worker", "http")]
    [InlineData("realtime", "http")]
    [InlineData("web", "http")]
    [InlineData("mail", "http smtp")]
    [InlineData("mongo", "tcp")]
    [InlineData("redis", "tcp")]
    public async Task A_resource_has_its_endpoints(string name, string expected)
    {
        foreach (var backing in new[] { Containers, "embedded" })
        {
            await using var builder = await AppHostModel.CreateAsync(backing);
            var names = builder.Annotations<EndpointAnnotation>(name).Select(endpoint => endpoint.Name).ToHashSet();
            Assert.Superset(expected.Split(' ').ToHashSet(), names);
        }
    }

    [Theory]
    [InlineData("apiservice", "127.0.0.1 ::1")]
    [InlineData("worker", "127.0.0.1 ::1")]
    [InlineData("realtime", "127.0.0.1 ::1")]
    [InlineData("web", "")]
    public async Task A_local_service_accepts_forwarding_headers_from_loopback_only(string name, string expected)
    {
        foreach (var backing in new[] { Containers, "embedded" })
        {
            await using var builder = await AppHostModel.CreateAsync(backing);
            var context = new EnvironmentCallbackContext(builder.ExecutionContext, builder.Resource(name));
            foreach (var annotation in builder.Annotations<EnvironmentCallbackAnnotation>(name))
                await annotation.Callback(context);
            var proxies = context.EnvironmentVariables.Where(variable =>
                variable.Key.StartsWith("ForwardedHeaders__Proxies__", StringComparison.Ordinal)
            );
            Assert.Equal(expected, string.Join(' ', proxies.Select(variable => variable.Value)));
            Assert.DoesNotContain("ASPNETCORE_FORWARDEDHEADERS_ENABLED", context.EnvironmentVariables.Keys);
        }
    }

    [Fact]
    public async Task Only_the_gateway_is_external()
    {
        await using var builder = await AppHostModel.CreateAsync(Containers);
        var external = builder
            .Resources.Where(resource => resource.Annotations.OfType<EndpointAnnotation>().Any(endpoint => endpoint.IsExternal))
            .Select(resource => resource.Name);
        Assert.Equal(["web"], external);
    }

    [Fact]
    public async Task The_gateway_listens_on_port_5400_unless_configured()
    {
        await using (var builder = await AppHostModel.CreateAsync(Containers))
            Assert.Equal(5400, builder.Annotations<EndpointAnnotation>("web").Single(endpoint => endpoint.Name == "http").Port);
        await using var other = await AppHostModel.CreateAsync(Containers, "--Run:Port=6400");
        Assert.Equal(6400, other.Annotations<EndpointAnnotation>("web").Single(endpoint => endpoint.Name == "http").Port);
    }

    [Theory]
    [InlineData("apiservice")]
    [InlineData("worker")]
    [InlineData("realtime")]
    [InlineData("web")]
    public async Task A_service_has_liveness_and_readiness_probes(string name)
    {
        await using var builder = await AppHostModel.CreateAsync(Containers);
        var checks = builder.Annotations<HealthCheckAnnotation>(name).Select(check => check.Key).ToArray();
        Assert.Contains(checks, key => key.Contains("/alive", StringComparison.Ordinal));
        Assert.Contains(checks, key => key.Contains("/health", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("mongo", "movielms-mongo", "/data/db")]
    [InlineData("redis", "movielms-redis", "/data")]
    public async Task Data_is_kept_in_a_named_volume(string name, string volume, string target)
    {
        await using var builder = await AppHostModel.CreateAsync(Containers);
        var mount = Assert.Single(builder.Annotations<ContainerMountAnnotation>(name), mount => mount.Type == ContainerMountType.Volume);
        Assert.Equal((volume, target), (mount.Source, mount.Target));
    }

    [Fact]
    public async Task An_ephemeral_run_has_no_volumes()
    {
        await using var builder = await AppHostModel.CreateAsync(Containers, "--Run:Ephemeral=true");
        Assert.Empty(builder.Annotations<ContainerMountAnnotation>("mongo"));
    }

    [Theory]
    [InlineData("false", ContainerLifetime.Session)]
    [InlineData("true", ContainerLifetime.Persistent)]
    public async Task Containers_are_persistent_if_configured(string persistent, ContainerLifetime expected)
    {
        await using var builder = await AppHostModel.CreateAsync(Containers, $"--Run:PersistentContainers={persistent}");
        foreach (var name in new[] { "mongo", "redis", "mail" })
            Assert.Equal(expected, Assert.Single(builder.Annotations<ContainerLifetimeAnnotation>(name)).Lifetime);
    }

    [Theory]
    [InlineData(Containers)]
    [InlineData("embedded")]
    public async Task The_passwords_are_secret_parameters(string backing)
    {
        await using var builder = await AppHostModel.CreateAsync(backing);
        foreach (var name in new[] { "mongo", "redis" })
        {
            var server = Assert.IsAssignableFrom<IResourceWithConnectionString>(builder.Resource(name));
            Assert.Contains($"{{{name}-password", server.ConnectionStringExpression.ValueExpression, StringComparison.Ordinal);
            Assert.True(Assert.IsType<ParameterResource>(builder.Resource($"{name}-password")).Secret);
        }
    }

    [Theory]
    [InlineData("mongo-password", true)]
    [InlineData("redis-password", true)]
    [InlineData("admin-email", false)]
    [InlineData("admin-password", true)]
    [InlineData("token-key", true)]
    public async Task A_parameter_has_a_description_and_is_secret_if_sensitive(string name, bool secret)
    {
        await using var builder = await AppHostModel.CreateAsync(Containers);
        var parameter = Assert.IsType<ParameterResource>(builder.Resource(name));
        Assert.Equal(secret, parameter.Secret);
        Assert.False(string.IsNullOrEmpty(parameter.Description));
    }

    [Theory]
    [InlineData("web", "import-sample")]
    [InlineData("web", "import-file")]
    [InlineData("apiservice", "issue-token")]
    [InlineData("apiservice", "reset-password")]
    [InlineData("worker", "run-job")]
    [InlineData("mongo", "backup")]
    public async Task A_resource_has_its_dashboard_commands(string resource, string command)
    {
        await using var builder = await AppHostModel.CreateAsync("embedded");
        var annotation = Assert.Single(builder.Annotations<ResourceCommandAnnotation>(resource), annotation => annotation.Name == command);
        Assert.False(string.IsNullOrEmpty(annotation.DisplayDescription));
    }

    [Theory]
    [InlineData("mongo-mongoexpress")]
    [InlineData("redisinsight")]
    public async Task A_tool_is_added_only_if_configured(string name)
    {
        await using (var without = await AppHostModel.CreateAsync(Containers))
            Assert.DoesNotContain(without.Resources, resource => resource.Name == name);
        await using var with = await AppHostModel.CreateAsync(Containers, "--Tools=true");
        Assert.Contains(with.Resources, resource => resource.Name == name);
    }

    [Theory]
    [InlineData("--Run:Backing=docker", "Run:Backing is 'docker'; it must be managed or containers or embedded.")]
    [InlineData("--Run:Backing=7", "Run:Backing is '7'; it must be managed or containers or embedded.")]
    public async Task An_invalid_setting_is_reported_by_name(string argument, string message)
    {
        var exception = await Assert.ThrowsAnyAsync<Exception>(() => AppHostModel.CreateAsync(Containers, argument));
        Assert.Contains(message, exception.ToString(), StringComparison.Ordinal);
    }
}
