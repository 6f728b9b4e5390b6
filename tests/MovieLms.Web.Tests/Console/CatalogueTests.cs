using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using MovieLms.Testing;
using MovieLms.Web.Tests.Gateway;

namespace MovieLms.Web.Tests.Console;

/// <summary>The pages of movies, with an API that responds as each test says.</summary>
public sealed class CatalogueTests
{
    private static readonly string Id = new('0', 24);

    private static object Movie { get; } = new
    {
        id = Id,
        title = "The <Red> Shoes & more",
        genre = "Drama",
        year = 1948,
        rating = 8.25,
        ratingCount = 1234,
        director = new { name = "Michael Powell", nationality = "British" },
        runtimeMinutes = 135,
        version = 7,
        createdAt = "2026-01-02T03:04:05Z",
        updatedAt = "2026-01-02T03:04:05Z",
    };

    private static object Empty { get; } = new { items = Array.Empty<object>(), nextCursor = (string?)null };

    [Theory]
    [InlineData(404, HttpStatusCode.NotFound, "Page not found")]
    [InlineData(403, HttpStatusCode.Forbidden, "You may not open this page")]
    [InlineData(429, HttpStatusCode.TooManyRequests, "Too many requests")]
    [InlineData(503, HttpStatusCode.ServiceUnavailable, "Not available right now")]
    [InlineData(409, HttpStatusCode.InternalServerError, "Something went wrong")]
    public async Task A_failure_of_the_API_is_an_error_page(int status, HttpStatusCode expected, string title)
    {
        await using var console = await ConsoleHost.StartAsync();
        console.Refuse($"GET /api/movies/{Id}", status, "A secret of the service");
        var (response, html) = await console.GetAsync($"/movies/{Id}");
        Assert.Equal(expected, response.StatusCode);
        Assert.Contains($"<h1>{title}</h1>", html);
        Assert.DoesNotContain("secret", html);
    }

    [Fact]
    public async Task An_unreadable_response_of_the_API_is_an_error_page_that_names_the_request()
    {
        await using var console = await ConsoleHost.StartAsync();
        console.RespondText($"GET /api/movies/{Id}", "application/json", "{\"secret");
        var (response, html) = await console.GetAsync($"/movies/{Id}");
        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.Contains("<h1>Something went wrong</h1>", html);
        Assert.Contains("name the request <code>", html);
        Assert.DoesNotContain("secret", html);
    }

    [Fact]
    public async Task The_start_page_shows_movies_and_a_first_request()
    {
        await using var console = await ConsoleHost.StartAsync();
        console.Respond("GET /api/analytics/top-rated", new[] { Movie });
        var (response, html) = await console.GetAsync("/");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Contains("The &lt;Red&gt; Shoes &amp; more", html);
        Assert.Contains($"href=\"/movies/{Id}\"", html);
        foreach (var path in new[] { "/scalar", "/chat", "/jobs", "/api/schema/er?format=html", "/openapi/v1.json", "/health" })
            Assert.Contains($"href=\"{path}\"", html);
        Assert.Contains("/api/auth/register", html);
        Assert.DoesNotContain("href=\"/mail\"", html);
    }

    [Fact]
    public async Task The_start_page_is_shown_when_the_API_is_unavailable()
    {
        await using var gateway = await GatewayHost.StartAsync([("apiservice", "http://127.0.0.1:1")]);
        using var response = await gateway.Client.GetAsync("/");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Contains("MovieLms is not available right now", await response.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData(null, "no-cache")]
    [InlineData("student", "no-store, no-cache")]
    public async Task Pages_of_a_visitor_are_not_stored_and_log_no_warning(string? role, string expected)
    {
        using var log = new FakeLoggerProvider();
        await using var console = await ConsoleHost.StartAsync(role, log);
        console.Respond("GET /api/analytics/top-rated", Array.Empty<object>());
        var (response, _) = await console.GetAsync("/");
        Assert.Equal(expected, response.Headers.CacheControl!.ToString());
        Assert.DoesNotContain(log.GetLines(LogLevel.Warning), line => line.Contains("Antiforgery", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_refused_request_is_not_repeated()
    {
        await using var console = await ConsoleHost.StartAsync();
        console.Refuse("GET /api/analytics/top-rated", 429, "Too many requests");
        var (_, html) = await console.GetAsync("/");
        Assert.Contains("Too many requests", html);
        Assert.Single(console.Api.Received);
    }

    [Fact]
    public async Task The_list_is_filtered_as_its_address_says_and_links_to_the_next_page()
    {
        await using var console = await ConsoleHost.StartAsync();
        console.Respond(
            "GET /api/movies",
            new
            {
                items = new[] { Movie },
                nextCursor = "c/2",
                total = new { count = 3200, isExact = true },
            }
        );
        console.Respond(
            "GET /api/analytics/facets",
            new
            {
                genres = new[] { new { genre = "Drama", count = 3 } },
                decades = new[] { new { decade = 1940, count = 2 } },
                ratingBands = new[]
                {
                    new
                    {
                        from = 8,
                        to = 9,
                        count = 1,
                    },
                },
                distributors = Array.Empty<object>(),
            }
        );
        var (_, html) = await console.GetAsync("/movies?search=red%20sh&genre=Drama&decade=1940&rating=8&sort=-rating");
        var request = console.Api.Received.Single(received => received.Target.StartsWith("/api/movies?", StringComparison.Ordinal));
        foreach (var part in new[] { "search=red", "genre=Drama", "yearFrom=1940", "yearTo=1949", "minRating=8", "sort=-rating" })
            Assert.Contains(part, request.Target);
        Assert.Contains("3,200 movies", html);
        Assert.Contains("cursor=c%2F2", html);
        Assert.Contains("1940s", html);
        Assert.Contains("remove this filter", html);
    }

    [Fact]
    public async Task A_movie_that_does_not_exist_is_a_page()
    {
        await using var console = await ConsoleHost.StartAsync();
        var (response, html) = await console.GetAsync($"/movies/{Id}");
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Contains("<h1>Page not found</h1>", html);
        Assert.Equal("text/html", response.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task An_unavailable_API_is_an_error_page()
    {
        await using var gateway = await GatewayHost.StartAsync([("apiservice", "http://127.0.0.1:1")]);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/movies/{Id}") { Headers = { { "Accept", "text/html" } } };
        using var response = await gateway.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Contains("<h1>Not available right now</h1>", await response.Content.ReadAsStringAsync());
        Assert.StartsWith("default-src 'none'", response.Headers.GetValues("Content-Security-Policy").Single());
    }

    [Fact]
    public async Task A_file_that_is_too_large_is_refused_with_a_page()
    {
        await using var console = await ConsoleHost.StartAsync("instructor");
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/movies/{Id}/edit");
        request.Content = new MultipartFormDataContent { { new ByteArrayContent(new byte[9 * 1024 * 1024]), "file", "poster.png" } };
        request.Headers.Add("Accept", "text/html");
        // The server responds before the body is sent.
        request.Headers.ExpectContinue = true;
        using var response = await console.Gateway.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        Assert.Contains("<h1>This is too large</h1>", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Visitors_are_sent_to_sign_in_and_back()
    {
        await using var console = await ConsoleHost.StartAsync();
        var (response, _) = await console.GetAsync("/movies/import");
        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        Assert.Equal("/sign-in?returnUrl=%2Fmovies%2Fimport", response.Headers.Location!.ToString());
    }

    [Fact]
    public async Task Students_may_not_edit()
    {
        await using var console = await ConsoleHost.StartAsync("student");
        var (response, html) = await console.GetAsync("/movies/new");
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Contains("You may not open this page", html);
        Assert.Contains("Agnes &lt;Varda&gt;", html);
    }

    [Fact]
    public async Task The_API_gets_the_visitors_token_and_address()
    {
        await using var console = await ConsoleHost.StartAsync("student");
        await console.GetAsync("/");
        Assert.NotEmpty(console.Api.Received);
        Assert.All(console.Api.Received, request => Assert.Equal($"Bearer {ConsoleHost.Token}", request.Headers["Authorization"]));
        Assert.All(console.Api.Received, request => Assert.Equal("127.0.0.1", request.Headers["X-Forwarded-For"]));
    }

    [Fact]
    public async Task A_review_is_saved_and_a_rejected_one_keeps_its_text()
    {
        await using var console = await ConsoleHost.StartAsync("student");
        console.Respond($"GET /api/movies/{Id}", Movie);
        console.Respond($"GET /api/movies/{Id}/reviews", Empty);
        console.Respond($"GET /api/movies/{Id}/ratings", new { reviews = 0, bands = Array.Empty<object>() });
        console.Respond($"GET /api/movies/{Id}/me", new { favorite = false, review = (object?)null });
        console.Refuse($"POST /api/movies/{Id}/reviews", 400, "Check the request", ("rating", "Must be <at most> 10."));
        var (_, html) = await console.PostAsync($"/movies/{Id}", "review", ("rating", "11"), ("comment", "A <b>great</b> film"));
        Assert.Contains("Must be &lt;at most&gt; 10.", html);
        Assert.Contains("aria-invalid=\"true\"", html);
        Assert.Contains("A &lt;b&gt;great&lt;/b&gt; film</textarea>", html);

        console.Respond($"POST /api/movies/{Id}/reviews", new { id = Id }, 201);
        var (response, _) = await console.PostAsync($"/movies/{Id}", "review", ("rating", "7.5"), ("comment", ""));
        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        Assert.EndsWith($"/movies/{Id}#reviews", response.Headers.Location!.ToString());
    }

    [Fact]
    public async Task The_page_of_a_movie_shows_the_visitors_review_and_favorite_and_all_ratings()
    {
        await using var console = await ConsoleHost.StartAsync("student");
        console.Respond($"GET /api/movies/{Id}", Movie);
        console.Respond($"GET /api/movies/{Id}/reviews", Empty);
        console.Respond(
            $"GET /api/movies/{Id}/ratings",
            new
            {
                reviews = 1501,
                bands = Enumerable
                    .Range(0, 10)
                    .Select(from => new
                    {
                        from,
                        to = from + 1,
                        count = from == 9 ? 1500
                        : from == 0 ? 1
                        : 0,
                    }),
            }
        );
        var review = new
        {
            id = new string('1', 24),
            movieId = Id,
            userId = new string('a', 24),
            rating = 7.5,
            comment = "Mine",
        };
        console.Respond($"GET /api/movies/{Id}/me", new { favorite = true, review });
        var (_, html) = await console.GetAsync($"/movies/{Id}");
        Assert.Contains("Remove favorite", html);
        Assert.Contains("Edit your review", html);
        Assert.Contains("value=\"7.5\"", html);
        Assert.Contains("<td class=\"number\">1500</td>", html);
        // The movie has no poster.
        Assert.DoesNotContain("/poster\"", html);
        Assert.Equal(4, console.Api.Received.Count);
    }

    [Fact]
    public async Task A_change_of_an_old_version_shows_what_is_stored_now()
    {
        await using var console = await ConsoleHost.StartAsync("instructor");
        console.Respond($"GET /api/movies/{Id}", Movie);
        console.Respond("GET /api/genres", new { items = Array.Empty<object>() });
        console.Refuse($"PUT /api/movies/{Id}", 412, "Precondition failed");
        var (_, html) = await console.PostAsync($"/movies/{Id}/edit", "movie", ("version", "6"), ("title", "My title"));
        Assert.Contains("Somebody else has changed this movie", html);
        Assert.Contains("<dd>The &lt;Red&gt; Shoes &amp; more</dd>", html);
        Assert.Contains("value=\"My title\"", html);
        Assert.Contains("name=\"version\" value=\"7\"", html);
        Assert.Equal("\"6\"", console.Api.Received.Single(received => received.Method == "PUT").Headers["If-Match"]);
    }
}
