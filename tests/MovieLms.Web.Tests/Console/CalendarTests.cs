using System.Globalization;
using System.Net;
using MovieLms.Testing.Tools;
using MovieLms.Web.Calendar;

namespace MovieLms.Web.Tests.Console;

/// <summary>The calendar, with an API that responds as each test says.</summary>
public sealed class CalendarTests
{
    private static readonly string Lecture = new('1', 24);

    [Theory]
    [InlineData("2026-11", "2026-10-26", "2026-12-06", 42)]
    [InlineData("2027-02", "2027-02-01", "2027-02-28", 28)]
    [InlineData("2028-02", "2028-01-31", "2028-03-05", 35)]
    public void A_month_has_whole_weeks_from_Monday(string month, string first, string last, int count)
    {
        var days = CalendarMonth.Parse(month, DateTimeOffset.UnixEpoch).Days.ToList();
        Assert.Equal(first, days[0].ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        Assert.Equal(last, days[^1].ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        Assert.Equal(count, days.Count);
        Assert.Equal(DayOfWeek.Monday, days[0].DayOfWeek);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("soon")]
    [InlineData("2026-13")]
    [InlineData("0001-01")]
    [InlineData("9999-12")]
    public void Another_text_is_the_present_month(string? text) =>
        Assert.Equal("2026-11", CalendarMonth.Parse(text, new DateTimeOffset(2026, 11, 29, 12, 0, 0, TimeSpan.Zero)).Value);

    [Theory]
    [InlineData("1900-01", false, true)]
    [InlineData("2199-12", true, false)]
    public void The_first_and_the_last_month_have_one_neighbor(string text, bool hasPrevious, bool hasNext)
    {
        var month = CalendarMonth.Parse(text, DateTimeOffset.UnixEpoch);
        Assert.Equal((hasPrevious, hasNext), (month.Previous is not null, month.Next is not null));
    }

    [Fact]
    public async Task Visitors_who_are_not_signed_in_are_sent_to_sign_in()
    {
        await using var console = await ConsoleHost.StartAsync();
        var (response, _) = await console.GetAsync("/calendar?month=2026-11");
        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        Assert.Equal("/sign-in?returnUrl=%2Fcalendar%3Fmonth%3D2026-11", response.Headers.Location!.ToString());
    }

    [Fact]
    public async Task A_month_shows_lectures_due_dates_and_todos()
    {
        await using var console = await StartAsync("2026-11-05T17:00:00Z");
        var (_, html) = await console.GetAsync("/calendar?month=2026-11");
        Assert.Contains("<h1>November 2026</h1>", html);
        Assert.Contains($"href=\"/courses/{CourseApi.Id}/lectures/{Lecture}\"", html);
        Assert.Contains("Cut &amp; splice", html);
        Assert.Contains("Shot list", html);
        Assert.Contains("Read chapter 3", html);
        Assert.Contains("href=\"/calendar?month=2026-12\"", html);
        var todos = console.Api.Received.Single(received => received.Target.StartsWith("/api/todos?", StringComparison.Ordinal));
        Assert.Contains("dueFrom=2026-10-25", todos.Target);
        (_, html) = await console.GetAsync("/calendar?month=2026-12&view=list");
        Assert.DoesNotContain("Cut &amp; splice", html);
        Assert.Contains("Nothing in December 2026.", html);
    }

    [Fact]
    public async Task A_lecture_is_on_its_day_in_the_time_zone_of_the_visitor()
    {
        // Half past eleven at night in UTC is the next day in half of the world, and the day before in none.
        await using var console = await StartAsync("2026-11-05T23:30:00Z");
        await using var browser = await Browser.StartAsync();
        var page = await browser.OpenAsync(new Uri(console.Gateway.Address, "/calendar?month=2026-11"), 1400, 900);
        await page.WaitUntilAsync("document.getElementById('calendar-zone')?.textContent.includes('your time zone')", "the script ran");
        await page.WaitUntilAsync(
            """
            (() => {
              const event = document.querySelector('.event.event-lecture');
              const time = new Date(event.dataset.at);
              return event.closest('[data-day]').dataset.day.endsWith('-' + String(time.getDate()).padStart(2, '0'));
            })()
            """,
            "the lecture is on its local day"
        );
    }

    private static async Task<ConsoleHost> StartAsync(string lectureAt)
    {
        var console = await ConsoleHost.StartAsync("student");
        console.Respond("GET /api/enrollments", CourseApi.CreatePage(CourseApi.CreateEnrollment("active")));
        console.Respond(
            $"GET /api/courses/{CourseApi.Id}/lectures",
            CourseApi.CreatePage(CourseApi.CreateLecture(Lecture, "Cut & splice", lectureAt))
        );
        console.Respond(
            $"GET /api/courses/{CourseApi.Id}/assignments",
            CourseApi.CreatePage(
                new
                {
                    id = new string('2', 24),
                    title = "Shot list",
                    dueAt = "2026-11-30T22:00:00Z",
                }
            )
        );
        console.Respond(
            "GET /api/todos",
            CourseApi.CreatePage(
                new
                {
                    id = new string('3', 24),
                    title = "Read chapter 3",
                    dueDate = "2026-11-02T08:00:00Z",
                    priority = "low",
                    done = false,
                }
            )
        );
        return console;
    }
}
