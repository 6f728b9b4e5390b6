using System.Collections;
using System.Net;
using System.Net.Http.Json;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Microsoft.Extensions.DependencyInjection;
using MongoDB.Bson;
using MongoDB.Bson.Serialization;
using MongoDB.Driver;
using MovieLms.Data.Relations;
using MovieLms.Testing;

namespace MovieLms.ApiService.Tests.Schema;

public sealed partial class SchemaTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    private const string Path = "/api/schema/er";

    [Fact]
    public async Task Every_stored_field_is_on_the_diagram()
    {
        var drawn = await ReadDiagramAsync();
        await StoreDocumentsAsync();
        var seen = 0;
        foreach (var entity in api.Host.App.Services.GetRequiredService<EntityModel>().All)
        {
            foreach (
                var document in await api
                    .Host.Database.GetCollection<BsonDocument>(entity.Collection)
                    .Find(new BsonDocument())
                    .Limit(200)
                    .ToListAsync()
            )
            {
                seen++;
                Assert.Empty(Paths(document).Except(drawn[entity.Name]));
            }
        }
        Assert.True(seen > 5, "Too few documents were stored to compare.");
    }

    [Fact]
    public async Task The_diagram_has_no_field_that_is_not_stored()
    {
        var drawn = await ReadDiagramAsync();
        foreach (var entity in api.Host.App.Services.GetRequiredService<EntityModel>().All)
        {
            var stored = Paths(CreateFilled(entity.Document).ToBsonDocument(entity.Document))
                .Concat(entity.Hidden.Select(field => field.Name))
                .ToHashSet();
            Assert.Equal(stored.Order(), drawn[entity.Name].Order());
        }
        // No class has the fields that only pipelines write, so they are read from a movie with every field.
        await StoreDocumentsAsync();
        var movie = await api
            .Host.Database.GetCollection<BsonDocument>("movies")
            .Find(new BsonDocument("title", "Everything"))
            .FirstAsync();
        var laterFields = new[] { "deletedAt", "deletedBy", "archivedAt", "archivedBy", "hasPoster" };
        Assert.Equal(drawn["movie"].Except(laterFields).Order(), Paths(movie).Order());
    }

    [Theory]
    [InlineData(null, "text/vnd.mermaid", "erDiagram")]
    [InlineData("text/plain", "text/plain", "erDiagram")]
    [InlineData("text/html,application/xhtml+xml;q=0.9,*/*;q=0.8", "text/html", "<svg")]
    [InlineData("image/svg+xml", "image/svg+xml", "<svg")]
    [InlineData("image/*", "image/svg+xml", "<svg")]
    public async Task The_accept_header_selects_the_media_type(string? accept, string type, string expected)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Path);
        if (accept is not null)
            request.Headers.TryAddWithoutValidation("Accept", accept);
        using var response = await api.Anonymous.SendAsync(request);
        Assert.Equal(type, response.Content.Headers.ContentType?.MediaType);
        Assert.Contains(expected, await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unknown_parameter_values_return_400_and_unsupported_types_406()
    {
        await (await api.Anonymous.GetAsync(Path + "?notation=uml")).AssertProblemAsync(400, "notation");
        await (await api.Anonymous.GetAsync(Path + "?format=pdf")).AssertProblemAsync(400, "format");
        using var request = new HttpRequestMessage(HttpMethod.Get, Path);
        request.Headers.Add("Accept", "application/pdf");
        Assert.Equal(HttpStatusCode.NotAcceptable, (await api.Anonymous.SendAsync(request)).StatusCode);
    }

    [Theory]
    [InlineData("crowsfoot")]
    [InlineData("chen")]
    public async Task The_svg_is_well_formed_names_every_entity_and_loads_nothing(string notation)
    {
        var text = await api.Anonymous.GetStringAsync($"{Path}?notation={notation}&format=svg");
        var words = XDocument
            .Parse(text)
            .Descendants()
            .Where(element => element.Name.LocalName == "text")
            .Select(element => element.Value)
            .ToHashSet();
        Assert.Superset(api.Host.App.Services.GetRequiredService<EntityModel>().All.Select(entity => entity.Name).ToHashSet(), words);
        var page = await api.Anonymous.GetStringAsync($"{Path}?notation={notation}&format=html");
        Assert.DoesNotContain("http", page.Replace("http://www.w3.org/2000/svg", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Chen_text_has_rectangles_diamonds_and_underlined_keys()
    {
        var text = await api.Anonymous.GetStringAsync(Path + "?notation=chen&format=text");
        Assert.Contains("movie[\"movie\"]", text, StringComparison.Ordinal);
        Assert.Contains("movie__director_name([\"director.name\"])", text, StringComparison.Ordinal);
        Assert.Contains("<u>_id</u>", text, StringComparison.Ordinal);
        Assert.Contains(
            "movie ---|1| review_to_movie_by_movieId\n    review_to_movie_by_movieId ---|N| review",
            text,
            StringComparison.Ordinal
        );
    }

    /// <summary>Returns the fields of each entity, read from the served text.</summary>
    private async Task<Dictionary<string, HashSet<string>>> ReadDiagramAsync() =>
        Blocks()
            .Matches(await api.Anonymous.GetStringAsync(Path))
            .ToDictionary(
                block => block.Groups["name"].Value,
                block =>
                    Rows()
                        .Matches(block.Groups["rows"].Value)
                        .Select(row => row.Groups["path"].Success ? row.Groups["path"].Value : row.Groups["name"].Value)
                        .ToHashSet()
            );

    private async Task StoreDocumentsAsync()
    {
        using var editor = api.Instructor();
        using var added = await editor.PostAsJsonAsync(
            "/api/movies",
            new
            {
                title = "Everything",
                genre = "Drama",
                year = 1999,
                rating = 7.5,
                ratingCount = 10,
                director = new { name = "A B", nationality = "C" },
                runtimeMinutes = 90,
                distributor = "D",
                mpaaRating = "PG",
                gross = new { us = 1, worldwide = 2 },
                budget = 3,
                releaseDate = "1999-01-02",
            }
        );
        if (added.StatusCode == HttpStatusCode.Conflict)
            return;
        var movie = (await added.JsonAsync()).Id();
        using var student = api.Student();
        await student.PostAsJsonAsync($"/api/movies/{movie}/reviews", new { rating = 5, comment = "x" });
        await student.PutAsync($"/api/movies/{movie}/favorite", null);
        var person = await api.Host.SignInStudentAsync();
        Assert.NotEmpty(person.Id);
        (
            await editor.PostAsJsonAsync(
                "/api/courses",
                new
                {
                    title = "A course",
                    price = 0,
                    currency = "EUR",
                    status = "draft",
                }
            )
        ).EnsureSuccessStatusCode();
        (await student.PostAsJsonAsync("/api/todos", new { title = "A task" })).Dispose();
    }

    private static IEnumerable<string> Paths(BsonValue value, string prefix = "") =>
        value switch
        {
            BsonDocument document => document
                .SelectMany(element => Paths(element.Value, prefix + element.Name + ".").Prepend(prefix + element.Name))
                .Distinct(),
            BsonArray array => array.SelectMany(item => Paths(item, prefix)).Distinct(),
            _ => [],
        };

    /// <summary>Creates an instance with a value in every property.</summary>
    private static object CreateFilled(Type type)
    {
        var instance = RuntimeHelpers.GetUninitializedObject(type);
        foreach (var member in BsonClassMap.LookupClassMap(type).AllMemberMaps)
            ((PropertyInfo)member.MemberInfo).SetValue(instance, CreateValue(member.MemberType));
        return instance;
    }

    private static object? CreateValue(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(string))
            return "x";
        if (type == typeof(byte[]))
            return new byte[1];
        if (type == typeof(DateTimeOffset))
            return DateTimeOffset.UnixEpoch;
        if (type.IsValueType)
            return Activator.CreateInstance(type);
        if (!typeof(IEnumerable).IsAssignableFrom(type))
            return CreateFilled(type);
        var element = type.IsArray ? type.GetElementType()! : type.GetGenericArguments()[0];
        var array = Array.CreateInstance(element, 1);
        array.SetValue(CreateValue(element), 0);
        return type.IsAssignableFrom(array.GetType()) ? array : Activator.CreateInstance(type, array);
    }

    [GeneratedRegex("^    (?<name>\\w+) \\{\n(?<rows>.*?)\n    \\}$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Blocks();

    [GeneratedRegex("^        \\S+ (?<name>\\w+)[^\"\n]*(\"(?<path>[^\"]+)\")?$", RegexOptions.Multiline)]
    private static partial Regex Rows();
}
