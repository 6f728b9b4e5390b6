using System.Text.Json;
using System.Text.RegularExpressions;
using Aspire.Hosting.ApplicationModel;

namespace MovieLms.AppHost.Tests.Model;

/// <summary>Compares deploy/compose.yaml with the AppHost's model. Every intended difference is listed here.</summary>
public sealed partial class ComposeDriftTests
{
    /// <summary>The service that creates the indexes. In the AppHost this is the pipeline step <c>create-indexes</c>.</summary>
    private const string OneShot = "database";

    /// <summary>Settings only in the compose file: Aspire derives them, or its hosts do not need them.</summary>
    private static readonly string[] ComposeOnly = ["Database__CreateIndexes", "Shutdown__Seconds"];

    private static readonly ComposeFile Compose = ComposeFile.Read();

    public static TheoryData<string> Projects => ["apiservice", "worker", "realtime", "web"];

    public static TheoryData<string> Containers => ["mongo", "redis", "mail"];

    [Fact]
    public async Task Both_have_the_same_services()
    {
        using var manifest = await PublishManifestAsync();
        var expected = manifest
            .RootElement.GetProperty("resources")
            .EnumerateObject()
            .Where(resource => resource.Value.GetProperty("type").GetString() is "project.v0" or "container.v0")
            .Select(resource => resource.Name);
        Assert.Equal(expected.Append(OneShot).Order(StringComparer.Ordinal), Compose.Services.Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public async Task A_service_has_the_same_settings(string service)
    {
        using var manifest = await PublishManifestAsync();
        var expected = Settings(Environment(manifest, service));
        // The gateway of a compose deployment runs behind the operator's reverse proxy.
        if (service == "web")
            expected.Add("ForwardedHeaders__Proxies__0");
        Assert.Equal(expected, Settings(Compose.Keys(service, "environment").Except(ComposeOnly)));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public async Task A_service_waits_for_the_same_resources(string service)
    {
        await using var builder = await AppHostModel.CreateAsync("containers");
        // In the compose file, the mail catcher is in an optional profile.
        var expected = builder.Waits(service).Except(["mail"]).Select(name => name == "mongodb" ? "mongo" : name).Distinct();
        Assert.Equal(
            expected.Order(StringComparer.Ordinal),
            Compose.Keys(service, "depends_on").Except([OneShot]).Order(StringComparer.Ordinal)
        );
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public async Task A_service_has_the_same_readiness_probe_and_visibility(string service)
    {
        await using var builder = await AppHostModel.CreateAsync("containers");
        Assert.Contains(
            builder.Annotations<HealthCheckAnnotation>(service),
            check => check.Key.Contains("/health", StringComparison.Ordinal)
        );
        Assert.Contains("GET /health ", Compose.HealthCheck(service), StringComparison.Ordinal);
        Assert.Equal(builder.Annotations<EndpointAnnotation>(service).Any(endpoint => endpoint.IsExternal), Compose.Has(service, "ports"));
    }

    [Theory]
    [MemberData(nameof(Containers))]
    public async Task A_container_has_the_same_image_and_is_internal(string service)
    {
        using var manifest = await PublishManifestAsync();
        // With a digest, the tag is only informational and the manifest omits it.
        Assert.Equal(Resource(manifest, service).GetProperty("image").GetString(), TagBeforeDigest().Replace(Compose.Image(service), "@"));
        Assert.False(Compose.Has(service, "ports"));
    }

    private static async Task<JsonDocument> PublishManifestAsync()
    {
        using var published = await PublishedApp.PublishManifestAsync("--Deploy:Target=compose", "--Deploy:Backing=containers");
        return JsonDocument.Parse(published.ReadFile("manifest.json"));
    }

    private static IEnumerable<string> Environment(JsonDocument manifest, string service) =>
        Resource(manifest, service).GetProperty("env").EnumerateObject().Select(variable => variable.Name);

    private static JsonElement Resource(JsonDocument manifest, string name) =>
        manifest.RootElement.GetProperty("resources").GetProperty(name);

    /// <summary>
    /// Returns the application's settings. Other variables configure the frameworks' connections (HTTP_PORTS, REDIS_URI) or telemetry.
    /// A list counts as its first item.
    /// </summary>
    private static SortedSet<string> Settings(IEnumerable<string> variables) =>
        new(
            variables
                .Where(name => name.Contains("__", StringComparison.Ordinal) || name == "PublicUrl")
                .Select(name => Index().Replace(name, "__0")),
            StringComparer.Ordinal
        );

    [GeneratedRegex(":[^:/@]+@")]
    private static partial Regex TagBeforeDigest();

    [GeneratedRegex(@"__\d+$")]
    private static partial Regex Index();
}
