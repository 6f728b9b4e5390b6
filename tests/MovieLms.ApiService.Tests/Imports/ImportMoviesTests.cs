using System.Net;
using System.Text;
using System.Text.Json;
using MovieLms.Testing;

namespace MovieLms.ApiService.Tests.Imports;

public sealed class ImportMoviesTests(ImportHost imports) : IClassFixture<ImportHost>
{
    [Fact]
    public async Task Post_sample_answers_202_and_brings_3200_films()
    {
        using var answer = await imports.PostAsync(ImportHost.Form(ImportHost.SampleFile, "application/json"));
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        var accepted = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
        Assert.Equal("queued", accepted.GetProperty("state").GetString());
        Assert.Equal("Task processing started. You will receive a report shortly.", accepted.GetProperty("message").GetString());
        Assert.Equal($"/api/imports/{accepted.GetProperty("id").GetString()}", answer.Headers.Location!.ToString());

        var import = await imports.FinishedAsync(answer.Headers.Location.ToString());
        Assert.Equal("completed", import.GetProperty("state").GetString());
        Assert.Equal("movies", import.GetProperty("kind").GetString());
        Assert.Equal("films.json", import.GetProperty("fileName").GetString());
        Assert.Equal(3_201, import.GetProperty("total").GetInt32());
        Assert.Equal(3_200, import.GetProperty("succeeded").GetInt32());
        Assert.Equal(1, import.GetProperty("failed").GetInt32());
        Assert.Equal(22, import.GetProperty("corrected").GetInt32());
        Assert.True(import.GetProperty("rowsPerSecond").GetDouble() > 0);
        Assert.True(import.GetProperty("finishedAt").GetDateTimeOffset() >= import.GetProperty("startedAt").GetDateTimeOffset());

        var lines = (await imports.Instructor.Client.GetStringAsync(answer.Headers.Location + "/errors.csv")).Split("\r\n");
        Assert.Equal("line,column,value,message", lines[0]);
        Assert.Matches("^[0-9]+,title,,A title is required\\.$", lines[1]);
        Assert.Equal([""], lines[2..]);

        using var report = await imports.Instructor.Client.GetAsync(answer.Headers.Location + "/report.pdf");
        Assert.Equal("application/pdf", report.Content.Headers.ContentType!.MediaType);
        Assert.StartsWith("%PDF-", Encoding.ASCII.GetString((await report.Content.ReadAsByteArrayAsync())[..5]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("title;releaseDate\nRaw;1999-01-02\n", "text/csv")]
    [InlineData("{\"title\":\"Raw\",\"releaseDate\":\"1999-01-02\"}\n", "application/x-ndjson")]
    [InlineData("[{\"title\":\"Raw\",\"releaseDate\":\"1999-01-02\"}]", "application/json")]
    [InlineData("\uFEFFtitle\nNo type\n", null)]
    public async Task Post_raw_body_is_read_by_its_content(string text, string? type)
    {
        using var answer = await imports.PostAsync(ImportHost.Raw(Encoding.UTF8.GetBytes(text), type));
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Assert.Equal(1, (await imports.FinishedAsync(answer.Headers.Location!.ToString())).GetProperty("succeeded").GetInt32());
    }

    [Fact]
    public async Task Post_bad_rows_are_reported_safely_and_the_rest_is_stored()
    {
        var csv = "title,year\nFine,1990\n=cmd|' /C calc'!A0,\"=1+1\"\n"u8.ToArray();
        using var answer = await imports.PostAsync(ImportHost.Form(csv, "text/csv", "rows.csv"));
        var import = await imports.FinishedAsync(answer.Headers.Location!.ToString());
        Assert.Equal((1, 1), (import.GetProperty("succeeded").GetInt32(), import.GetProperty("failed").GetInt32()));
        using var errors = await imports.Instructor.Client.GetAsync(answer.Headers.Location + "/errors.csv");
        Assert.Equal("text/csv", errors.Content.Headers.ContentType!.MediaType);
        Assert.Equal("attachment", errors.Content.Headers.ContentDisposition!.DispositionType);
        Assert.Contains("3,year,'=1+1,", await errors.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_file_without_header_fails_with_a_reason()
    {
        using var answer = await imports.PostAsync(ImportHost.Raw("just some words\nand more\n"u8.ToArray(), "text/csv"));
        var import = await imports.FinishedAsync(answer.Headers.Location!.ToString());
        Assert.Equal("failed", import.GetProperty("state").GetString());
        Assert.Contains("header", import.GetProperty("reason").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Import_is_its_owners_and_the_admins()
    {
        using var answer = await imports.PostAsync(ImportHost.Raw("title\nMine\n"u8.ToArray(), "text/csv"));
        var location = answer.Headers.Location!.ToString();
        var other = await imports.Host.SignInInstructorAsync();
        var admin = await imports.Host.SignInAsync("admin");
        await imports.FinishedAsync(location);
        foreach (var path in new[] { location, location + "/errors.csv", location + "/report.pdf" })
        {
            using var strangers = await other.Client.GetAsync(path);
            await ImportHost.ProblemAsync(strangers, HttpStatusCode.NotFound);
            using var admins = await admin.Client.GetAsync(path);
            Assert.Equal(HttpStatusCode.OK, admins.StatusCode);
            using var nobodys = await imports.Host.Client.GetAsync(path);
            Assert.Equal(HttpStatusCode.Unauthorized, nobodys.StatusCode);
        }
    }

    [Theory]
    [InlineData("/api/imports/nonsense")]
    [InlineData("/api/imports/000000000000000000000000")]
    [InlineData("/api/imports/000000000000000000000000/errors.csv")]
    public async Task Unknown_import_is_404(string path)
    {
        using var answer = await imports.Instructor.Client.GetAsync(path);
        await ImportHost.ProblemAsync(answer, HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Post_by_student_is_403_and_by_nobody_401()
    {
        var student = await imports.Host.SignInStudentAsync();
        using var forbidden = await imports.PostAsync(ImportHost.Raw("title\na\n"u8.ToArray(), "text/csv"), client: student.Client);
        Assert.Equal(HttpStatusCode.Forbidden, forbidden.StatusCode);
        using var unknown = await imports.PostAsync(ImportHost.Raw("title\na\n"u8.ToArray(), "text/csv"), client: imports.Host.Client);
        Assert.Equal(HttpStatusCode.Unauthorized, unknown.StatusCode);
    }
}
