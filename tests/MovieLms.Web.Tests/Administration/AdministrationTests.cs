using System.Net;
using MovieLms.Web.Tests.Console;

namespace MovieLms.Web.Tests.Administration;

/// <summary>The pages for administrators, with services that respond as each test says.</summary>
public sealed class AdministrationTests
{
    private static readonly string Id = new('1', 24);
    private static readonly string OtherId = new('2', 24);

    private static object User { get; } = CreateUser(Id, "Ida <Lupino>", "student");

    [Theory]
    [InlineData("/admin")]
    [InlineData("/admin/users")]
    [InlineData("/admin/users/111111111111111111111111")]
    [InlineData("/admin/audit")]
    [InlineData("/admin/imports")]
    [InlineData("/admin/imports/111111111111111111111111/report")]
    [InlineData("/admin/mail")]
    [InlineData("/admin/jobs")]
    [InlineData("/admin/jobs/1")]
    [InlineData("/admin/health")]
    [InlineData("/admin/settings")]
    [InlineData("/admin/data-model")]
    public async Task Only_administrators_see_the_pages(string path)
    {
        await using var anonymous = await ConsoleHost.StartAsync();
        var (redirect, _) = await anonymous.GetAsync(path);
        Assert.Equal($"/sign-in?returnUrl={Uri.EscapeDataString(path)}", redirect.Headers.Location?.OriginalString);
        await using var instructor = await ConsoleHost.StartAsync("instructor");
        var (refused, html) = await instructor.GetAsync(path);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Contains("You may not open this page", html);
        Assert.Empty(instructor.Api.Received);
    }

    [Fact]
    public async Task The_overview_shows_what_is_available_when_other_parts_are_not()
    {
        await using var console = await ConsoleHost.StartAsync("admin");
        console.Respond("GET /api/users", Page([User], total: 12));
        console.Refuse("GET /api/movies", 503, "Not available");
        console.Respond(
            "GET /jobs/api/history",
            new
            {
                items = Array.Empty<object>(),
                total = 3,
                isComplete = true,
            }
        );
        var (response, html) = await console.GetAsync("/admin");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Matches("Users</a></dt>\\s*<dd class=\"number\">12</dd>", html);
        Assert.Matches("Movies</a></dt>\\s*<dd class=\"number\">&#x2013;</dd>", html);
        Assert.Matches("Failed job runs</a>\\s*<span class=\"tag tag-error\">3</span>", html);
        Assert.Contains("The audit log is not available right now.", html);
    }

    [Fact]
    public async Task Users_are_filtered_as_the_address_says()
    {
        await using var console = await ConsoleHost.StartAsync("admin");
        console.Respond("GET /api/users", Page([User], "next/+", total: 41));
        var (_, html) = await console.GetAsync("/admin/users?search=ida%20lu&role=student");
        Assert.Contains("Ida &lt;Lupino&gt;", html);
        Assert.Contains("41 users", html);
        Assert.Contains("/admin/users?search=ida%20lu&amp;role=student&amp;cursor=next%2F%2B", html);
        Assert.Contains("href=\"/admin/users.csv?search=ida%20lu&amp;role=student\"", html);
        Assert.Contains("role=student&search=ida%20lu", Assert.Single(console.Api.Received).Target);
    }

    [Fact]
    public async Task A_role_is_changed_after_a_confirmation()
    {
        await using var console = await ConsoleHost.StartAsync("admin");
        console.Respond($"GET /api/users/{Id}", User);
        console.Respond("GET /api/audit", Page([]));
        console.Respond($"PATCH /api/users/{Id}/role", User);
        var path = $"/admin/users/{Id}";
        var (_, unconfirmed) = await console.PostAsync(path, "role", ("role", "instructor"));
        Assert.Contains("Confirm the change.", unconfirmed);
        Assert.DoesNotContain(console.Api.Received, request => request.Method == "PATCH");
        var (changed, _) = await console.PostAsync(path, "role", ("role", "instructor"), ("confirmed", "true"));
        Assert.Equal($"{path}?done=role", changed.Headers.Location?.OriginalString);
        Assert.Single(console.Api.Received, request => request.Method == "PATCH");
    }

    [Theory]
    [InlineData("archive", "POST", "archive", "archived")]
    [InlineData("sessions", "DELETE", "sessions", "sessions")]
    [InlineData("second-step", "DELETE", "second-step", "step")]
    public async Task An_action_on_a_user_is_sent_and_a_refusal_is_shown(string form, string method, string action, string done)
    {
        await using var console = await ConsoleHost.StartAsync("admin");
        console.Respond($"GET /api/users/{Id}", User);
        console.Respond("GET /api/audit", Page([]));
        var request = $"{method} /api/users/{Id}/{action}";
        console.Refuse(request, 409, "This is the last administrator");
        var (_, html) = await console.PostAsync($"/admin/users/{Id}", form);
        Assert.Contains("This is the last administrator", html);
        console.Respond(request, User, method == "POST" ? 200 : 204);
        var (response, _) = await console.PostAsync($"/admin/users/{Id}", form);
        Assert.Equal($"/admin/users/{Id}?done={done}", response.Headers.Location?.OriginalString);
    }

    [Fact]
    public async Task An_archived_user_can_be_restored()
    {
        await using var console = await ConsoleHost.StartAsync("admin");
        console.Respond($"GET /api/users/{Id}", CreateUser(Id, "Ida", "student", "2026-11-01T00:00:00Z"));
        console.Respond("GET /api/audit", Page([]));
        console.Respond($"POST /api/users/{Id}/restore", User);
        var (response, _) = await console.PostAsync($"/admin/users/{Id}", "restore");
        Assert.Equal($"/admin/users/{Id}?done=restored", response.Headers.Location?.OriginalString);
    }

    [Fact]
    public async Task Somebody_is_invited_and_a_mistake_is_shown_at_its_field()
    {
        await using var console = await ConsoleHost.StartAsync("admin");
        console.Respond("GET /api/users", Page([]));
        console.Refuse("POST /api/users", 400, "Invalid", ("email", "The value must be an e-mail address."));
        (string, string)[] fields = [("username", "Ida"), ("email", "ida@"), ("role", "student")];
        var (_, html) = await console.PostAsync("/admin/users", "invite", fields);
        Assert.Contains("id=\"field-email-error\">The value must be an e-mail address.", html);
        console.Respond("POST /api/users", User, 201);
        var (response, _) = await console.PostAsync("/admin/users", "invite", fields);
        Assert.Equal("/admin/users?done=invited", response.Headers.Location?.OriginalString);
    }

    [Fact]
    public async Task The_audit_log_is_filtered_by_people_and_days()
    {
        await using var console = await ConsoleHost.StartAsync("admin");
        console.Respond("GET /api/users", Page([User]));
        console.Respond("GET /api/audit", Page([CreateEvent("user.role", "student → instructor")], total: 1));
        var (_, html) = await console.GetAsync("/admin/audit?by=ida&action=user.role&from=2026-11-01&until=2026-11-02");
        Assert.Contains("Role changed", html);
        Assert.Contains("student → instructor", WebUtility.HtmlDecode(html));
        Assert.Contains("Former member", html);
        var target = Uri.UnescapeDataString(console.Api.Received.Single(request => request.Target.StartsWith("/api/audit")).Target);
        Assert.Contains($"actorId={Id}", target);
        Assert.Contains("action=user.role", target);
        Assert.Contains("from=2026-11-01T00:00:00", target);
        Assert.Contains("to=2026-11-03T00:00:00", target);
        Assert.Contains($"/admin/audit.csv?actorId={Id}&amp;action=user.role&amp;from=2026-11-01", html);
    }

    [Fact]
    public async Task A_name_that_several_users_have_leads_to_a_choice()
    {
        await using var console = await ConsoleHost.StartAsync("admin");
        console.Respond("GET /api/users", Page([User, CreateUser(OtherId, "Ida Two", "admin")]));
        var (_, html) = await console.GetAsync("/admin/audit?about=ida");
        Assert.Contains("which of these?", html);
        Assert.Contains($"/admin/audit?about={OtherId}", html);
        Assert.DoesNotContain(console.Api.Received, request => request.Target.StartsWith("/api/audit"));
    }

    [Fact]
    public async Task A_list_is_downloaded_as_CSV()
    {
        await using var console = await ConsoleHost.StartAsync("admin");
        console.RespondText("GET /api/imports", "text/csv", "id,state\n1,failed\n");
        var (response, text) = await console.GetAsync("/admin/imports.csv?state=failed");
        Assert.Equal("text/csv", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal("id,state\n1,failed\n", text);
        var request = Assert.Single(console.Api.Received);
        Assert.Equal("/api/imports?all=true&state=failed", request.Target);
        Assert.Equal("text/csv", request.Headers["Accept"]);
        Assert.Equal($"Bearer {ConsoleHost.Token}", request.Headers["Authorization"]);
        console.Refuse("GET /api/audit", 401, "Not signed in");
        var (redirect, _) = await console.GetAsync("/admin/audit.csv");
        Assert.StartsWith("/sign-in", redirect.Headers.Location?.OriginalString);
        Assert.Equal(HttpStatusCode.NotFound, (await console.GetAsync("/admin/none.csv")).Response.StatusCode);
    }

    [Fact]
    public async Task Imports_of_everybody_are_listed_and_stopped()
    {
        await using var console = await ConsoleHost.StartAsync("admin");
        console.Respond("GET /api/imports", Page([CreateImport("processing")]));
        var (_, html) = await console.GetAsync("/admin/imports?state=processing");
        Assert.Contains("films &amp; more.csv", html);
        Assert.Contains($"href=\"/imports/{Id}\"", html);
        Assert.Contains($"href=\"/admin/users/{OtherId}\"", html);
        Assert.Contains("state=processing&all=true", console.Api.Received.Single().Target);
        console.Respond($"POST /api/imports/{Id}/cancel", CreateImport("canceled"));
        var (response, _) = await console.PostAsync("/admin/imports?state=processing", "cancel", ("id", Id));
        Assert.Equal("/admin/imports?state=processing", response.Headers.Location?.OriginalString);
    }

    [Fact]
    public async Task A_report_is_shown_in_a_frame_of_this_origin()
    {
        await using var console = await ConsoleHost.StartAsync("admin");
        console.Respond($"GET /api/imports/{Id}", CreateImport("completed"));
        console.RespondText($"GET /api/imports/{Id}/report.pdf", "application/pdf", "%PDF");
        var (page, html) = await console.GetAsync($"/admin/imports/{Id}/report");
        Assert.Contains($"src=\"/admin/imports/{Id}/report.pdf\"", html);
        Assert.EndsWith("frame-src 'self'", page.Headers.GetValues("Content-Security-Policy").Single());
        var (document, text) = await console.GetAsync($"/admin/imports/{Id}/report.pdf");
        Assert.Equal(("%PDF", "application/pdf"), (text, document.Content.Headers.ContentType?.MediaType));
        Assert.Equal("frame-ancestors 'self'", document.Headers.GetValues("Content-Security-Policy").Single());
        Assert.Equal("SAMEORIGIN", document.Headers.GetValues("X-Frame-Options").Single());
    }

    [Fact]
    public async Task A_mail_that_was_not_sent_is_retried()
    {
        await using var console = await ConsoleHost.StartAsync("admin");
        console.Respond("GET /api/outbox", Page([CreateMail("dead", 10, "IOException")]));
        console.Respond($"POST /api/outbox/{Id}/retry", CreateMail("queued", 0, "IOException"));
        var (_, html) = await console.GetAsync("/admin/mail?state=dead");
        Assert.Contains("Your report", html);
        Assert.Contains("IOException", html);
        Assert.Contains("with report.pdf", html);
        var (response, _) = await console.PostAsync("/admin/mail?state=dead", "retry", ("id", Id));
        Assert.Equal("/admin/mail?state=dead&done=retried", response.Headers.Location?.OriginalString);
    }

    [Fact]
    public async Task Health_shows_the_services_and_the_ones_that_do_not_respond()
    {
        await using var console = await ConsoleHost.StartAsync("admin");
        var (response, html) = await console.GetAsync("/admin/health");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        foreach (var service in new[] { "Gateway and console", "API", "Worker", "Realtime" })
            Assert.Contains($">{service}</h2>", html);
        Assert.Contains("mongodb", html);
        await console.Api.DisposeAsync();
        (_, html) = await console.GetAsync("/admin/health");
        Assert.Contains("The service does not respond.", html);
    }

    [Fact]
    public async Task Settings_are_shown_without_secrets_after_the_API_has_confirmed_the_role()
    {
        const string secret = "planted-secret-3fd0";
        var settings = new Dictionary<string, string?>
        {
            ["Auth:Providers:github:ClientSecret"] = secret,
            ["Unknown:Section"] = secret,
            ["ConnectionStrings:cache"] = $"redis://user:{secret}@cache.test:6379",
            ["PublicUrl"] = "http://school.test",
        };
        await using var console = await ConsoleHost.StartAsync("admin", settings: settings);
        console.Respond("GET /api/auth/me", CreateUser(Id, "Ida", "student"));
        Assert.Equal(HttpStatusCode.Forbidden, (await console.GetAsync("/admin/settings")).Response.StatusCode);
        console.Respond("GET /api/auth/me", CreateUser(Id, "Ida", "admin"));
        var (response, html) = await console.GetAsync("/admin/settings");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.DoesNotContain(secret, html);
        Assert.Contains("Auth:Providers:github:ClientSecret", html);
        Assert.Contains("redis://cache.test:6379", html);
        Assert.Contains("http://school.test", html);
        Assert.Contains("http://localhost:5400", html);

        console.Respond(
            "GET /settings",
            new[]
            {
                new
                {
                    name = "Jobs:TimeZone",
                    value = "UTC",
                    source = "environment",
                    isHidden = false,
                },
            }
        );
        (_, html) = await console.GetAsync("/admin/settings?service=worker");
        Assert.Contains("Jobs:TimeZone", html);
        Assert.Equal(HttpStatusCode.NotFound, (await console.GetAsync("/admin/settings?service=evil.test")).Response.StatusCode);
    }

    [Fact]
    public async Task The_data_model_is_a_picture_that_scrolls_and_the_footer_leads_to_it()
    {
        await using var console = await ConsoleHost.StartAsync("admin");
        var (_, html) = await console.GetAsync("/admin/data-model?notation=chen");
        Assert.Contains("src=\"/api/schema/er?notation=chen&amp;format=svg\"", html);
        Assert.Contains("<li><a href=\"/admin/data-model\">Data model</a></li>", html);
    }

    internal static object Page(object[] items, string? next = null, int? total = null) =>
        new
        {
            items,
            nextCursor = next,
            total = total is { } count ? new { count, isExact = true } : null,
        };

    private static object CreateUser(string id, string name, string role, string? archivedAt = null) =>
        new
        {
            id,
            username = name,
            email = "ida@example.test",
            emailVerified = true,
            role,
            phone = (string?)null,
            phoneVerified = false,
            secondStep = true,
            mailPreferences = new
            {
                announcements = true,
                digests = true,
                reports = true,
            },
            version = 1,
            createdAt = "2026-01-02T03:04:05Z",
            updatedAt = "2026-01-02T03:04:05Z",
            archivedAt,
        };

    private static object CreateEvent(string action, string detail) =>
        new
        {
            id = Id,
            at = "2026-11-01T10:00:00Z",
            action,
            succeeded = true,
            actorId = Id,
            actorName = "Ida",
            userId = OtherId,
            userName = (string?)null,
            address = "203.0.113.7",
            detail,
            count = 1,
        };

    private static object CreateImport(string state) =>
        new
        {
            id = Id,
            kind = "movies",
            state,
            fileName = "films & more.csv",
            total = 5,
            succeeded = 3,
            failed = 1,
            corrected = 0,
            rowsPerSecond = 10,
            createdAt = "2026-11-01T10:00:00Z",
            ownerId = OtherId,
            ownerName = "Ida",
        };

    private static object CreateMail(string state, int attempts, string lastError) =>
        new
        {
            id = Id,
            state,
            to = "ida@example.test",
            subject = "Your report",
            attachments = new[] { "report.pdf" },
            attempts,
            lastError,
            createdAt = "2026-11-01T10:00:00Z",
        };
}
