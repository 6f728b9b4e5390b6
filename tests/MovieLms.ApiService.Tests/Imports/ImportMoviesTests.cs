using System.Net;
using System.Text;
using System.Text.Json;
using MovieLms.Testing;

namespace MovieLms.ApiService.Tests.Imports;

public sealed class ImportMoviesTests(ImportHost imports) : IClassFixture<ImportHost>
{
    [Fact]
    public async Task Posting_the_sample_returns_202_and_imports_3200_movies()
    {
        using var response = await imports.PostAsync(ImportHost.Form(ImportHost.SampleFile, "application/json"));
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        var accepted = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
        Assert.Equal("queued", accepted.GetProperty("state").GetString());
        Assert.Equal("Task processing started. You will receive a report shortly.", accepted.GetProperty("message").GetString());
        Assert.Equal($"/api/imports/{accepted.GetProperty("id").GetString()}", response.Headers.Location!.ToString());

        var import = await imports.WaitUntilFinishedAsync(response.Headers.Location.ToString());
        Assert.Equal("completed", import.GetProperty("state").GetString());
        Assert.Equal("movies", import.GetProperty("kind").GetString());
        Assert.Equal("movies.json", import.GetProperty("fileName").GetString());
        Assert.Equal(3_201, import.GetProperty("total").GetInt32());
        Assert.Equal(3_200, import.GetProperty("succeeded").GetInt32());
        Assert.Equal(1, import.GetProperty("failed").GetInt32());
        Assert.Equal(22, import.GetProperty("corrected").GetInt32());
        Assert.True(import.GetProperty("rowsPerSecond").GetDouble() > 0);
        Assert.True(import.GetProperty("finishedAt").GetDateTimeOffset() >= import.GetProperty("startedAt").GetDateTimeOffset());

        var lines = (await imports.Instructor.Client.GetStringAsync(response.Headers.Location + "/errors.csv")).Split("\r\n");
        Assert.Equal("line,column,value,message", lines[0]);
        Assert.Matches("^[0-9]+,title,,A value is required\\.$", lines[1]);
        Assert.Equal([""], lines[2..]);

        using var report = await imports.Instructor.Client.GetAsync(response.Headers.Location + "/report.pdf");
        Assert.Equal("application/pdf", report.Content.Headers.ContentType!.MediaType);
        Assert.StartsWith("%PDF-", Encoding.ASCII.GetString((await report.Content.ReadAsByteArrayAsync())[..5]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("title;releaseDate\nRaw;1999-01-02\n", "text/csv")]
    [InlineData("{\"title\":\"Raw\",\"releaseDate\":\"1999-01-02\"}\n", "application/x-ndjson")]
    [InlineData("[{\"title\":\"Raw\",\"releaseDate\":\"1999-01-02\"}]", "application/json")]
    [InlineData("\uFEFFtitle\nNo type\n", null)]
    public async Task The_format_of_a_raw_body_is_detected_from_its_content(string text, string? type)
    {
        using var response = await imports.PostAsync(ImportHost.Raw(Encoding.UTF8.GetBytes(text), type));
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Equal(1, (await imports.WaitUntilFinishedAsync(response.Headers.Location!.ToString())).GetProperty("succeeded").GetInt32());
    }

    [Fact]
    public async Task Invalid_rows_are_reported_safely_and_the_rest_is_stored()
    {
        var csv = "title,year\nFine,1990\n=cmd|' /C calc'!A0,\"=1+1\"\n"u8.ToArray();
        using var response = await imports.PostAsync(ImportHost.Form(csv, "text/csv", "rows.csv"));
        var import = await imports.WaitUntilFinishedAsync(response.Headers.Location!.ToString());
        Assert.Equal((1, 1), (import.GetProperty("succeeded").GetInt32(), import.GetProperty("failed").GetInt32()));
        using var errors = await imports.Instructor.Client.GetAsync(response.Headers.Location + "/errors.csv");
        Assert.Equal("text/csv", errors.Content.Headers.ContentType!.MediaType);
        Assert.Equal("attachment", errors.Content.Headers.ContentDisposition!.DispositionType);
        Assert.Contains("3,year,'=1+1,", await errors.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_import_without_a_header_fails_with_a_reason()
    {
        using var response = await imports.PostAsync(ImportHost.Raw("just some words\nand more\n"u8.ToArray(), "text/csv"));
        var import = await imports.WaitUntilFinishedAsync(response.Headers.Location!.ToString());
        Assert.Equal("failed", import.GetProperty("state").GetString());
        Assert.Contains("header", import.GetProperty("reason").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_its_owner_and_admins_can_read_an_import()
    {
        using var response = await imports.PostAsync(ImportHost.Raw("title\nMine\n"u8.ToArray(), "text/csv"));
        var location = response.Headers.Location!.ToString();
        var other = await imports.Host.SignInInstructorAsync();
        var admin = await imports.Host.CreateAndSignInAsync("admin");
        await imports.WaitUntilFinishedAsync(location);
        foreach (var path in new[] { location, location + "/errors.csv", location + "/report.pdf" })
        {
            using var notFound = await other.Client.GetAsync(path);
            await ImportHost.ReadProblemAsync(notFound, HttpStatusCode.NotFound);
            using var found = await admin.Client.GetAsync(path);
            Assert.Equal(HttpStatusCode.OK, found.StatusCode);
            using var unauthorized = await imports.Host.Client.GetAsync(path);
            Assert.Equal(HttpStatusCode.Unauthorized, unauthorized.StatusCode);
        }
    }

    [Theory]
    [InlineData("/api/imports/nonsense")]
    [InlineData("/api/imports/000000000000000000000000")]
    [InlineData("/api/imports/000000000000000000000000/errors.csv")]
    public async Task An_unknown_import_returns_404(string path)
    {
        using var response = await imports.Instructor.Client.GetAsync(path);
        await ImportHost.ReadProblemAsync(response, HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Posting_as_a_student_returns_403_and_anonymously_401()
    {
        var student = await imports.Host.SignInStudentAsync();
        using var forbidden = await imports.PostAsync(ImportHost.Raw("title\na\n"u8.ToArray(), "text/csv"), client: student.Client);
        Assert.Equal(HttpStatusCode.Forbidden, forbidden.StatusCode);
        using var unauthorized = await imports.PostAsync(ImportHost.Raw("title\na\n"u8.ToArray(), "text/csv"), client: imports.Host.Client);
        Assert.Equal(HttpStatusCode.Unauthorized, unauthorized.StatusCode);
    }
}
