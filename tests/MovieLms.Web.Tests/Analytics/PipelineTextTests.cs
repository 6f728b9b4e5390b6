using System.Text.Json;
using MovieLms.Web.Analytics;
using MovieLms.Web.Analytics.Pipelines;

namespace MovieLms.Web.Tests.Analytics;

public sealed class PipelineTextTests
{
    [Fact]
    public void Objects_that_fit_stay_on_one_line()
    {
        var text = Format("""{"$group":{"_id":"$genre","averageRating":{"$avg":"$rating"},"count":{"$sum":1}}}""");
        Assert.Equal(
            """
            {
              "$group": {
                "_id": "$genre",
                "averageRating": { "$avg": "$rating" },
                "count": { "$sum": 1 }
              }
            }
            """.ReplaceLineEndings("\n"),
            text
        );
        Assert.Equal("""{ "$sort": { "_id": 1, "b": [1, -2.5, null] } }""", Format("""{"$sort":{"_id":1,"b":[1,-2.5,null]}}"""));
        Assert.Equal("""{ "a": {}, "b": [] }""", Format("""{"a":{},"b":[]}"""));
    }

    [Fact]
    public void Formatted_text_is_the_same_JSON()
    {
        const string Json =
            """{"a":"\"<é\u0000","b":[{"c":[[],{}]},true],"long":["aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"]}""";
        Assert.True(JsonElement.DeepEquals(Parse(Json), Parse(Format(Json))));
        Assert.True(JsonElement.DeepEquals(Parse($"[{Json},{Json}]"), Parse(JsonText.FormatStages([Parse(Json), Parse(Json)]))));
    }

    [Fact]
    public void Tokens_have_classes()
    {
        var tokens = JsonText.Format(Parse("""{"$match":{"title":"A","year":1,"deletedAt":null}}"""));
        Assert.Equal(
            [
                ("\"$match\"", "json-operator"),
                ("\"title\"", "json-name"),
                ("\"A\"", "json-string"),
                ("1", "json-number"),
                ("null", "json-literal"),
            ],
            tokens
                .Where(token => token.Class is not null && token.Text is not ("\"year\"" or "\"deletedAt\""))
                .Select(token => (token.Text, token.Class!))
        );
    }

    [Fact]
    public void A_text_that_is_not_JSON_names_the_line()
    {
        var (_, error) = PipelineText.Parse("[\n  { $match: 1 }\n]");
        Assert.Contains("line 2, column 5", error);
        Assert.Contains("in brackets", PipelineText.Parse("{}").Error);
        Assert.Contains("empty pipeline", PipelineText.Parse(" ").Error);
    }

    [Fact]
    public void Comments_and_trailing_commas_are_accepted()
    {
        var (pipeline, error) = PipelineText.Parse("[ { \"$limit\": 1 }, /* more */ ]");
        Assert.Null(error);
        Assert.Equal(1, pipeline.GetArrayLength());
    }

    [Fact]
    public void Flat_documents_become_a_table()
    {
        var table = PipelineResult.ToTable([
            Parse("""{"_id":{"$oid":"0123456789abcdef01234567"},"count":2}"""),
            Parse("""{"_id":"Noir","count":3,"at":{"$date":"1999-01-01T00:00:00Z"}}"""),
        ])!;
        Assert.Equal(["_id", "count", "at"], table.Columns.Select(column => column.Title));
        Assert.Equal([false, true, false], table.Columns.Select(column => column.IsNumber));
        Assert.Equal(["0123456789abcdef01234567", "2", "–"], table.Rows[0].Select(cell => cell.Text));
        Assert.Equal(["Noir", "3", "1999-01-01T00:00:00Z"], table.Rows[1].Select(cell => cell.Text));
    }

    [Theory]
    [InlineData("""{"a":[1]}""")]
    [InlineData("""{"a":{"b":1}}""")]
    [InlineData("{}")]
    public void Nested_documents_do_not_become_a_table(string document) => Assert.Null(PipelineResult.ToTable([Parse(document)]));

    [Fact]
    public void A_command_is_quoted_for_the_shell() =>
        Assert.Equal(
            "curl 'https://a.example/api/analytics/facets?search=it'\\''s' \\\n  --header \"Authorization: Bearer $TOKEN\"",
            CurlCommand.Create("https://a.example", "/api/analytics/facets?search=it's", needsToken: true)
        );

    private static string Format(string json) => JsonText.ToText(JsonText.Format(Parse(json)));

    private static JsonElement Parse(string json) => JsonSerializer.Deserialize<JsonElement>(json);
}
