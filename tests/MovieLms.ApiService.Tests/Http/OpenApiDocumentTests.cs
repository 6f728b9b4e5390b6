using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using MovieLms.Testing;
using MovieLms.Testing.Processes;

namespace MovieLms.ApiService.Tests.Http;

/// <summary>
/// The committed <c>openapi/v1.json</c> must match the code. After an intended change, run this test once with
/// <c>MOVIELMS_UPDATE_OPENAPI=1</c> and commit the file.
/// </summary>
public sealed class OpenApiDocumentTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    [Fact]
    public async Task The_committed_document_matches_the_generated_one()
    {
        var path = Path.Combine(Repository.Root, "openapi", "v1.json");
        var generated =
            JsonNode.Parse(await api.Anonymous.GetStringAsync("/openapi/v1.json"))!.ToJsonString(Indented).ReplaceLineEndings("\n") + "\n";
        if (Environment.GetEnvironmentVariable("MOVIELMS_UPDATE_OPENAPI") is { Length: > 0 })
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await File.WriteAllTextAsync(path, generated);
        }
        Assert.True(File.Exists(path), "openapi/v1.json is missing: run this test with MOVIELMS_UPDATE_OPENAPI=1.");
        var committed = (await File.ReadAllTextAsync(path)).ReplaceLineEndings("\n");
        Assert.True(
            committed == generated,
            $"openapi/v1.json differs from the code at: {FirstDifference(committed, generated)}. Run this test with MOVIELMS_UPDATE_OPENAPI=1 and commit it."
        );
    }

    [Fact]
    public async Task The_document_declares_security_and_the_reference_page_is_served()
    {
        using var document = JsonDocument.Parse(await api.Anonymous.GetStringAsync("/openapi/v1.json"));
        var paths = document.RootElement.GetProperty("paths");
        Assert.True(paths.GetProperty("/api/movies").GetProperty("post").TryGetProperty("security", out _));
        Assert.False(paths.GetProperty("/api/movies").GetProperty("get").TryGetProperty("security", out _));
        Assert.Contains(
            "text/html",
            (await api.Anonymous.GetAsync("/scalar")).Content.Headers.ContentType?.ToString()
                ?? (await api.Anonymous.GetAsync("/scalar/")).Content.Headers.ContentType?.ToString(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Every_enum_is_declared_as_a_string()
    {
        var document = JsonNode.Parse(await api.Anonymous.GetStringAsync("/openapi/v1.json"))!;
        var enums = Schemas(document).Where(schema => schema["enum"] is JsonArray).ToList();
        Assert.NotEmpty(enums);
        Assert.Empty(enums.Where(schema => schema["type"] is null).Select(schema => schema.ToJsonString()));
        // A value null is listed only where the type allows it.
        Assert.Empty(
            enums
                .Where(schema => schema["enum"]!.AsArray().Contains(null) && schema["type"] is not JsonArray)
                .Select(schema => schema.ToJsonString())
        );
    }

    [Fact]
    public async Task Parameters_and_members_with_fixed_values_list_them()
    {
        var document = JsonNode.Parse(await api.Anonymous.GetStringAsync("/openapi/v1.json"))!;
        string[] names = ["sort", "role", "kind", "status", "state", "priority", "notation", "format"];
        var parameters = Schemas(document["paths"])
            .Where(node => node["in"]?.ToString() == "query" && names.Contains(node["name"]?.ToString()));
        var unlisted = parameters.Where(parameter => parameter["schema"]!["enum"] is null).Select(parameter => parameter.ToJsonString());
        Assert.Empty(unlisted);
        var schemas = document["components"]!["schemas"]!;
        (string Schema, string Member)[] members =
        [
            ("UserResponse", "role"),
            ("ChangeRoleRequest", "role"),
            ("NotificationResponse", "kind"),
            ("AuditEntryResponse", "action"),
        ];
        Assert.All(members, member => Assert.NotNull(schemas[member.Schema]!["properties"]![member.Member]!["enum"]));
    }

    [Fact]
    public async Task The_variants_of_a_sign_in_are_told_apart_by_their_status()
    {
        var document = JsonNode.Parse(await api.Anonymous.GetStringAsync("/openapi/v1.json"))!;
        var schemas = document["components"]!["schemas"]!;
        var mapping = schemas["LoginResponse"]!["discriminator"]!["mapping"]!.AsObject();
        Assert.Equal(["secondStepRequired", "signedIn"], mapping.Select(variant => variant.Key).Order(StringComparer.Ordinal));
        Assert.Equal(mapping.Count, schemas["LoginResponse"]!["oneOf"]!.AsArray().Count);
        foreach (var (status, reference) in mapping)
        {
            var variant = schemas[reference!.GetValue<string>().Split('/')[^1]]!;
            Assert.Equal([status], variant["properties"]!["status"]!["enum"]!.AsArray().Select(value => value!.GetValue<string>()));
            Assert.Contains("status", variant["required"]!.AsArray().Select(member => member!.GetValue<string>()));
        }
    }

    [Theory]
    [InlineData("StatusCount", "status", "EnrollmentStatus")]
    [InlineData("UserOrder", "status", "OrderStatus")]
    [InlineData("SessionResponse", "method", "SessionMethod")]
    public async Task Members_with_the_values_of_an_enum_refer_to_it(string schema, string member, string type)
    {
        var document = JsonNode.Parse(await api.Anonymous.GetStringAsync("/openapi/v1.json"))!;
        var declared = document["components"]!["schemas"]![schema]!["properties"]![member]!;
        Assert.Equal($"#/components/schemas/{type}", declared["$ref"]!.GetValue<string>());
    }

    [Fact]
    public async Task Every_operation_has_a_description_and_every_tag_too()
    {
        var document = JsonNode.Parse(await api.Anonymous.GetStringAsync("/openapi/v1.json"))!;
        var operations = document["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject()).ToList();
        var undescribed = operations.Where(operation =>
            operation.Value!["description"]?.ToString() is not { } text || text.StartsWith("Permission", StringComparison.Ordinal)
        );
        Assert.Empty(undescribed.Select(operation => operation.Value!["operationId"]!.ToString()));
        Assert.DoesNotContain(operations, operation => operation.Value!["summary"]!.ToString().Length > 60);
        Assert.DoesNotContain(document["tags"]!.AsArray(), tag => tag!["description"] is null);
        var bodies = operations.Where(operation => operation.Value!["requestBody"] is not null);
        Assert.Empty(
            bodies
                .Where(operation => operation.Value!["responses"]!["415"] is null)
                .Select(operation => operation.Value!["operationId"]!.ToString())
        );
    }

    /// <summary>The server accepts each body, so the document must not require more members, nor a body where none is needed.</summary>
    [Theory]
    [InlineData("EnrollRequest", "courseId")]
    [InlineData("UpdateProfileRequest", "username")]
    [InlineData("LogoutRequest", "")]
    [InlineData("ChangeEnrollmentRequest", "")]
    [InlineData("InviteUserRequest", "email,username")]
    [InlineData("BeginSecondStepRequest", "")]
    [InlineData("PipelineRequest", "collection,pipeline")]
    [InlineData("SendCodeRequest", "channel,purpose")]
    public async Task A_request_requires_only_what_the_server_requires(string name, string required)
    {
        var document = JsonNode.Parse(await api.Anonymous.GetStringAsync("/openapi/v1.json"))!;
        var schema = document["components"]!["schemas"]![name]!;
        var declared = schema["required"]?.AsArray().Select(member => member!.ToString()) ?? [];
        Assert.Equal(required, string.Join(',', declared.Order(StringComparer.Ordinal)));
        foreach (var member in declared)
            Assert.DoesNotContain("null", schema["properties"]![member]!.ToJsonString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/api/imports/{id}/report.pdf", "application/pdf")]
    [InlineData("/api/imports/{id}/errors.csv", "text/csv")]
    [InlineData("/api/orders/{id}/receipt.pdf", "application/pdf")]
    [InlineData("/api/analytics/report.pdf", "application/pdf")]
    [InlineData("/api/analytics/report.csv", "text/csv")]
    [InlineData("/api/submissions/{id}/file", "application/octet-stream")]
    public async Task A_download_declares_its_media_type_and_name(string path, string mediaType)
    {
        var document = JsonNode.Parse(await api.Anonymous.GetStringAsync("/openapi/v1.json"))!;
        var response = document["paths"]![path]!["get"]!["responses"]!["200"]!;
        Assert.Equal("binary", response["content"]![mediaType]!["schema"]!["format"]!.ToString());
        Assert.NotNull(response["headers"]!["Content-Disposition"]);
    }

    /// <summary>Otherwise NSwag sends the members of the form as JSON.</summary>
    [Fact]
    public async Task Every_type_beside_a_form_is_binary()
    {
        var document = JsonNode.Parse(await api.Anonymous.GetStringAsync("/openapi/v1.json"))!;
        var forms = Schemas(document["paths"]).Where(content => content["multipart/form-data"] is not null).ToList();
        Assert.NotEmpty(forms);
        var others = forms.SelectMany(content => content).Where(type => type.Key != "multipart/form-data");
        Assert.All(others, type => Assert.Equal("binary", type.Value!["schema"]!["format"]?.ToString()));
    }

    [Theory]
    [InlineData("/api/movies", "get", "200", "X-Cache ETag")]
    [InlineData("/api/movies", "post", "201", "Location ETag")]
    [InlineData("/api/movies/{id}", "get", "304", "X-Cache ETag")]
    [InlineData("/api/analytics/facets", "get", "200", "X-Cache ETag Age")]
    [InlineData("/api/todos/import", "post", "202", "Location")]
    [InlineData("/api/auth/login", "post", "429", "Retry-After RateLimit-Limit RateLimit-Remaining RateLimit-Reset")]
    [InlineData("/api/auth/otp", "post", "202", "RateLimit-Remaining")]
    [InlineData("/api/todos", "get", "503", "Retry-After")]
    public async Task Responses_declare_their_headers(string path, string method, string status, string headers)
    {
        var document = JsonNode.Parse(await api.Anonymous.GetStringAsync("/openapi/v1.json"))!;
        var declared = document["paths"]![path]![method]!["responses"]![status]!["headers"]!;
        foreach (var header in headers.Split(' '))
            Assert.NotNull(declared[header]);
    }

    [Theory]
    [InlineData("/api/orders", "post", "Idempotency-Key")]
    [InlineData("/api/movies/import", "post", "Idempotency-Key")]
    [InlineData("/api/assignments/{id}/submissions", "post", "Idempotency-Key")]
    [InlineData("/api/auth/me", "put", "If-Match")]
    [InlineData("/api/movies", "get", "If-None-Match")]
    [InlineData("/api/todos/{id}", "get", "If-None-Match")]
    public async Task Requests_declare_the_headers_that_are_honored(string path, string method, string header)
    {
        var document = JsonNode.Parse(await api.Anonymous.GetStringAsync("/openapi/v1.json"))!;
        var parameters = document["paths"]![path]![method]!["parameters"]!.AsArray();
        Assert.Single(parameters, parameter => parameter!["name"]!.ToString() == header && parameter["in"]!.ToString() == "header");
    }

    [Theory]
    [InlineData("Production", null, false)]
    [InlineData("Production", "true", true)]
    [InlineData("Development", null, true)]
    [InlineData("Development", "false", false)]
    public async Task The_reference_is_served_outside_development_only_if_it_is_enabled(string environment, string? setting, bool isServed)
    {
        await using var host = await ServiceHost.StartAsync(
            new ServiceHostOptions
            {
                Services = Services.Api,
                Environment = environment,
                Settings = new Dictionary<string, string?>
                {
                    ["ApiReference:Enabled"] = setting,
                    ["ForwardedHeaders:Proxies:0"] = "127.0.0.1",
                },
            }
        );
        foreach (var path in new[] { "/openapi/v1.json", "/openapi/hub.json", "/scalar/" })
            Assert.Equal(isServed ? HttpStatusCode.OK : HttpStatusCode.NotFound, (await host.Client.GetAsync(path)).StatusCode);
    }

    private static IEnumerable<JsonObject> Schemas(JsonNode? node) =>
        node switch
        {
            JsonObject value => value.SelectMany(member => Schemas(member.Value)).Append(value),
            JsonArray items => items.SelectMany(Schemas),
            _ => [],
        };

    private static string FirstDifference(string a, string b)
    {
        var (left, right) = (a.Split('\n'), b.Split('\n'));
        for (var i = 0; i < Math.Min(left.Length, right.Length); i++)
        {
            if (left[i] != right[i])
                return $"line {i + 1}: '{left[i].Trim()}' / '{right[i].Trim()}'";
        }

        return $"the end ({left.Length} and {right.Length} lines)";
    }
}
