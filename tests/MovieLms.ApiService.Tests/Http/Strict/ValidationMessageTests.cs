using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using MongoDB.Bson;
using MovieLms.ApiService.Http.Strict;

namespace MovieLms.ApiService.Tests.Http.Strict;

/// <summary>Validation reports all invalid members at once, by their JSON names.</summary>
public sealed partial class ValidationMessageTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    [Fact]
    public async Task Registration_reports_all_fields_at_once()
    {
        using var response = await api.Anonymous.PostAsJsonAsync(
            "/api/auth/register",
            new
            {
                username = " ",
                email = "nowhere",
                password = "short",
            }
        );
        await response.AssertProblemAsync(400);
        var errors = (await response.JsonAsync()).GetProperty("errors");
        Assert.Equal(["email", "password", "username"], errors.EnumerateObject().Select(error => error.Name).Order());
        Assert.Equal("A password must have at least 10 characters.", errors.GetProperty("password")[0].GetString());
    }

    [Theory]
    [InlineData("/api/movies", """{"title":"a","director":{"name":5}}""", "director.name")]
    [InlineData("/api/movies", """{"title":"a","gross":{"us":"many"}}""", "gross.us")]
    [InlineData("/api/movies", """{"title":"a","year":"1999"}""", "year")]
    [InlineData("/api/movies", """{"title":"a","releaseDate":"soon"}""", "releaseDate")]
    [InlineData("/api/courses", """{"title":"a","status":"open"}""", "status")]
    public async Task A_value_of_the_wrong_type_is_named_by_its_path(string path, string body, string name)
    {
        using var instructor = api.Instructor();
        using var response = await instructor.PostAsync(path, new StringContent(body, null, "application/json"));
        await response.AssertProblemAsync(400, name);
    }

    /// <summary>Sends invalid values for the members of every request, and checks all messages.</summary>
    [Fact]
    public async Task No_message_contains_the_name_of_a_property()
    {
        using var admin = api.Admin();
        var (faults, count) = (new List<string>(), 0);
        foreach (var endpoint in api.Host.App.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>())
        {
            if (endpoint.Metadata.GetMetadata<IAcceptsMetadata>()?.RequestType is not { } type || !RequestTypes.Contains(type))
                continue;
            var names = PropertiesOf(type).Distinct().ToList();
            var method = endpoint.Metadata.GetRequiredMetadata<IHttpMethodMetadata>().HttpMethods[0];
            var url = "/" + Parameter().Replace(endpoint.RoutePattern.RawText!.TrimStart('/'), ObjectId.GenerateNewId().ToString());
            foreach (var body in InvalidBodies(type))
            {
                using var request = new HttpRequestMessage(new HttpMethod(method), url)
                {
                    Content = new StringContent(body.ToJsonString(), null, "application/json"),
                };
                using var response = await admin.SendAsync(request);
                if ((int)response.StatusCode != 400)
                    continue;
                foreach (var error in (await response.JsonAsync()).GetProperty("errors").EnumerateObject())
                {
                    count++;
                    var text = $"{error.Name}: {string.Join(' ', error.Value.EnumerateArray().Select(message => message.GetString()))}";
                    if (names.Any(name => Regex.IsMatch(text, $@"\b{name}\b", RegexOptions.None, TimeSpan.FromSeconds(1))))
                        faults.Add($"{method} {url}: {text}");
                }
            }
        }
        Assert.Empty(faults);
        Assert.True(count > 100, $"only {count} messages");
    }

    /// <summary>Returns the CLR names that differ from the JSON names, in the request and the objects inside it.</summary>
    private static IEnumerable<string> PropertiesOf(Type type) =>
        type.GetProperties()
            .SelectMany(property =>
                RequestTypes.Contains(property.PropertyType) ? PropertiesOf(property.PropertyType).Append(property.Name) : [property.Name]
            );

    private static IEnumerable<JsonObject> InvalidBodies(Type type)
    {
        yield return [];
        yield return Fill(type, _ => null);
        yield return Fill(type, property => property == typeof(string) ? "" : Number(property, -1));
        yield return Fill(type, property => property == typeof(string) ? new string('\u0001', 300) : Number(property, 99_999_999));
        yield return Fill(type, property => property == typeof(string) ? new string('x', 20_000) : Number(property, 0.123));
        yield return Fill(type, property => property == typeof(string) ? 5 : "x");
    }

    private static JsonNode? Number(Type property, double value) =>
        (Nullable.GetUnderlyingType(property) ?? property) switch
        {
            var type when type == typeof(double) || type == typeof(decimal) => value,
            var type when type == typeof(int) || type == typeof(long) => (long)value,
            _ => null,
        };

    private static JsonObject Fill(Type type, Func<Type, JsonNode?> value) =>
        new(
            type.GetProperties()
                .Select(property =>
                    KeyValuePair.Create(
                        JsonNamingPolicy.CamelCase.ConvertName(property.Name),
                        RequestTypes.Contains(property.PropertyType) && !property.PropertyType.IsEnum
                            ? Fill(property.PropertyType, value)
                            : value(property.PropertyType)
                    )
                )
        );

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Parameter();
}
