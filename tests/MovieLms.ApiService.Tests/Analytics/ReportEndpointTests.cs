using System.Net;
using MovieLms.ApiService.Http;
using UglyToad.PdfPig;

namespace MovieLms.ApiService.Tests.Analytics;

public sealed class ReportEndpointTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    private const string Formula = "=cmd|' /C calc'!A0";

    [Theory]
    [InlineData("report.pdf", "application/pdf")]
    [InlineData("report.csv", "text/csv")]
    public async Task Report_is_cached_until_a_movie_is_written_and_not_sent_again_to_a_client_with_its_etag(string name, string type)
    {
        using var instructor = api.Instructor();
        await api.AddMovieAsync(new { title = $"Before {name}", year = 1950 });
        using var first = await instructor.GetAsync($"/api/analytics/{name}");
        Assert.Equal((HttpStatusCode.OK, type, "MISS"), (first.StatusCode, first.Content.Headers.ContentType?.MediaType, Cache(first)));
        Assert.Equal($"catalog-{name}", first.Content.Headers.ContentDisposition?.FileName?.Trim('"'));
        using var second = await instructor.GetAsync($"/api/analytics/{name}");
        Assert.Equal("HIT", Cache(second));
        Assert.Equal(await first.Content.ReadAsByteArrayAsync(), await second.Content.ReadAsByteArrayAsync());

        using var conditional = new HttpRequestMessage(HttpMethod.Get, $"/api/analytics/{name}");
        conditional.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var unchanged = await instructor.SendAsync(conditional);
        Assert.Equal((HttpStatusCode.NotModified, 0), (unchanged.StatusCode, (await unchanged.Content.ReadAsByteArrayAsync()).Length));

        await api.AddMovieAsync(new { title = $"After {name}", year = 1951 });
        using var again = new HttpRequestMessage(HttpMethod.Get, $"/api/analytics/{name}");
        again.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var changed = await instructor.SendAsync(again);
        Assert.Equal((HttpStatusCode.OK, "MISS"), (changed.StatusCode, Cache(changed)));
    }

    [Fact]
    public async Task Formulas_in_titles_and_genres_are_text_in_both_reports()
    {
        await api.AddMovieAsync(
            new
            {
                title = Formula,
                genre = "@SUM(A1)",
                rating = 10,
                ratingCount = 1_000_000,
            }
        );
        using var instructor = api.Instructor();
        var rows = CsvText.Read(await instructor.GetStringAsync("/api/analytics/report.csv"));
        Assert.All(rows.SelectMany(row => row), cell => Assert.DoesNotContain(cell.FirstOrDefault('x'), "=+-@\t\r"));
        var movie = Assert.Single(rows, row => row[0] == "top-rated" && row[1].EndsWith(Formula, StringComparison.Ordinal));
        Assert.Equal(["top-rated", "'" + Formula, "'@SUM(A1)", "", "", "10", "1000000"], movie);
        Assert.Contains(rows, row => row[0] == "ratings-by-genre" && row[1] == "'@SUM(A1)");
        Assert.Contains(rows, row => row[0] == "rating-buckets" && row[1] == "9 to 10" && row[4] != "0");

        using var pdf = PdfDocument.Open(await instructor.GetByteArrayAsync("/api/analytics/report.pdf"));
        Assert.Contains(
            Formula.Replace(" ", "", StringComparison.Ordinal),
            string.Concat(pdf.GetPages().Select(page => page.Text)).Replace(" ", "", StringComparison.Ordinal),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Concurrent_requests_render_the_report_once()
    {
        using var instructor = api.Instructor();
        await api.AddMovieAsync(new { title = "Popular" });
        var responses = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => instructor.GetAsync("/api/analytics/report.pdf")));
        Assert.All(responses, response => Assert.Equal(HttpStatusCode.OK, response.StatusCode));
        Assert.Single(responses, response => Cache(response) == "MISS");
        Assert.Single(responses.Select(response => response.Headers.ETag?.Tag).Distinct());
    }

    [Fact]
    public async Task Concurrent_rendering_is_limited_and_canceled_requests_are_not_rendered()
    {
        using var gate = new RenderGate();
        var (running, maxRunning) = (0, 0);
        await Task.WhenAll(
            Enumerable
                .Range(0, 12)
                .Select(_ =>
                    Task.Run(() =>
                        gate.RenderAsync(
                            stream =>
                            {
                                InterlockedMax(ref maxRunning, Interlocked.Increment(ref running));
                                Thread.Sleep(5);
                                stream.WriteByte(1);
                                Interlocked.Decrement(ref running);
                            },
                            CancellationToken.None
                        )
                    )
                )
        );
        Assert.InRange(maxRunning, 1, RenderGate.MaxConcurrent);

        using var canceled = new CancellationTokenSource();
        await canceled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            gate.RenderAsync(_ => Assert.Fail("A canceled request must not be rendered."), canceled.Token)
        );
        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            gate.RenderAsync(_ => throw new InvalidOperationException(), CancellationToken.None)
        );
        // Every slot is free again.
        Assert.All(
            await Task.WhenAll(
                Enumerable
                    .Range(0, RenderGate.MaxConcurrent)
                    .Select(_ => gate.RenderAsync(stream => stream.WriteByte(1), CancellationToken.None))
            ),
            document => Assert.Single(document)
        );
    }

    private static void InterlockedMax(ref int maximum, int value)
    {
        for (var seen = maximum; seen < value; seen = maximum)
            Interlocked.CompareExchange(ref maximum, value, seen);
    }

    private static string Cache(HttpResponseMessage response) => Assert.Single(response.Headers.GetValues("X-Cache"));
}
