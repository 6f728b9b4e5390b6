using System.Text.Json;

namespace MovieLms.AppHost.Tests.Model;

/// <summary>The manifest that azd reads, for Azure and for Docker Compose.</summary>
public sealed class PublishTests
{
    private static readonly string[] Compose = ["--Deploy:Target=compose", "--Deploy:Backing=containers"];

    [Theory]
    [InlineData("apiservice", "Admin__Email Admin__Password Auth__SigningKeys__0")]
    [InlineData("worker", "services__apiservice__http__0")]
    [InlineData("realtime", "services__apiservice__http__0")]
    public async Task A_service_has_its_environment_variables(string service, string own)
    {
        using var published = await PublishedApp.PublishManifestAsync(Compose);
        var variables = Resource(published, service).GetProperty("env").EnumerateObject().Select(variable => variable.Name).ToHashSet();
        string[] shared = ["ConnectionStrings__mongodb", "ConnectionStrings__redis", "ConnectionStrings__smtp", "PublicUrl"];
        Assert.Superset(own.Split(' ').Concat(shared).ToHashSet(), variables);
    }

    [Fact]
    public async Task Connection_strings_of_containers_use_the_password_parameters()
    {
        using var published = await PublishedApp.PublishManifestAsync(Compose);
        Assert.Contains("{mongo-password", Resource(published, "mongodb").GetProperty("connectionString").GetString());
        Assert.Contains("{redis-password", Resource(published, "redis").GetProperty("connectionString").GetString());
        Assert.Equal(
            "smtp://{mail.bindings.smtp.host}:{mail.bindings.smtp.port}?tls=none",
            Resource(published, "smtp").GetProperty("connectionString").GetString()
        );
    }

    [Theory]
    [InlineData("mongodb")]
    [InlineData("redis")]
    [InlineData("smtp")]
    public async Task Managed_services_are_secret_connection_strings(string name)
    {
        using var published = await PublishedApp.PublishManifestAsync("--Deploy:Target=compose");
        var parameter = Resource(published, name);
        Assert.Equal("parameter.v0", parameter.GetProperty("type").GetString());
        Assert.True(parameter.GetProperty("inputs").GetProperty("value").GetProperty("secret").GetBoolean());
        Assert.False(Resources(published).TryGetProperty("mongo", out _));
        Assert.False(Resources(published).TryGetProperty("mail", out _));
    }

    [Fact]
    public async Task The_manifest_contains_no_secrets()
    {
        using var published = await PublishedApp.PublishManifestAsync(Compose);
        var text = published.ReadFile("manifest.json");
        Assert.DoesNotContain("mongoSecret", text, StringComparison.Ordinal);
        Assert.DoesNotContain("redisSecret", text, StringComparison.Ordinal);
        Assert.DoesNotContain("curtain-falls", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Containers_on_Azure_have_no_volumes()
    {
        using var published = await PublishedApp.PublishManifestAsync("--Deploy:Target=azure", "--Deploy:Backing=containers");
        Assert.False(Resource(published, "mongo").TryGetProperty("volumes", out _));
        Assert.False(Resource(published, "redis").TryGetProperty("volumes", out _));
    }

    [Theory]
    [InlineData("mongo", "docker.io/library/mongo@sha256:")]
    [InlineData("redis", "docker.io/library/redis@sha256:")]
    public async Task A_deployment_pins_images_by_digest(string container, string image)
    {
        using var published = await PublishedApp.PublishManifestAsync(Compose);
        Assert.StartsWith(image, Resource(published, container).GetProperty("image").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("azure", "apiservice", true)]
    [InlineData("azure", "worker", true)]
    [InlineData("azure", "realtime", true)]
    [InlineData("azure", "web", true)]
    [InlineData("compose", "apiservice", true)]
    [InlineData("compose", "worker", true)]
    [InlineData("compose", "realtime", true)]
    [InlineData("compose", "web", false)]
    public async Task Forwarding_headers_are_accepted_from_private_networks_only(string target, string service, bool isBehindProxy)
    {
        using var published = await PublishedApp.PublishManifestAsync($"--Deploy:Target={target}");
        var variables = Resource(published, service)
            .GetProperty("env")
            .EnumerateObject()
            .ToDictionary(variable => variable.Name, variable => variable.Value.GetString()!);
        var proxies = variables
            .Where(variable => variable.Key.StartsWith("ForwardedHeaders__Proxies__", StringComparison.Ordinal))
            .Select(variable => variable.Value)
            .ToList();
        Assert.Equal(isBehindProxy, proxies.Count > 0);
        string[] privateNetworks = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fd00::/8"];
        Assert.Empty(proxies.Except(privateNetworks));
        // ASP.NET Core's own switch would accept them from any client.
        Assert.DoesNotContain("ASPNETCORE_FORWARDEDHEADERS_ENABLED", variables.Keys);
    }

    private static JsonElement Resources(PublishedApp published) =>
        JsonDocument.Parse(published.ReadFile("manifest.json")).RootElement.GetProperty("resources");

    private static JsonElement Resource(PublishedApp published, string name) => Resources(published).GetProperty(name);
}
