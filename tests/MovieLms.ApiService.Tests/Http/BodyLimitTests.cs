using System.Diagnostics;
using MovieLms.ApiService.Tests.Courses;
using MovieLms.Data.Submissions;
using MovieLms.Testing;

namespace MovieLms.ApiService.Tests.Http;

/// <summary>Oversized bodies are rejected before they take memory, with and without a declared length.</summary>
public sealed class BodyLimitTests(LearningFixture api) : IClassFixture<LearningFixture>
{
    private const string Form = "multipart/form-data; boundary=b";
    private const long Megabyte = 1024 * 1024;

    [Theory]
    [InlineData("POST /api/auth/login", true)]
    [InlineData("POST /api/auth/login", false)]
    [InlineData("POST /api/auth/register", true)]
    [InlineData("POST /api/auth/register", false)]
    [InlineData("POST /api/mail/unsubscribe/x", false)]
    public async Task An_anonymous_endpoint_accepts_at_most_64_KB(string target, bool isChunked)
    {
        var contentType = target.Contains("/mail/", StringComparison.Ordinal) ? "application/x-www-form-urlencoded" : "application/json";
        var outcome = await HostileUpload.SendAsync(
            api.Host.Address,
            target,
            contentType,
            28 * Megabyte,
            isChunked,
            start: """{"email":" """
        );
        // A handler that does not read the body responds without it, and the server stops reading.
        Assert.True(outcome.Status is 413 or 404, outcome.Text);
        Assert.InRange(outcome.SentBytes, 0, 8 * Megabyte);
        if (outcome.Status == 413)
            Assert.Contains("65536 bytes", outcome.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("application/json", """{"text":" """, true)]
    [InlineData("application/json", """{"text":" """, false)]
    [InlineData(Form, "--b\r\nContent-Disposition: form-data; name=\"unknown\"\r\n\r\n", true)]
    [InlineData(Form, "--b\r\nContent-Disposition: form-data; name=\"unknown\"\r\n\r\n", false)]
    [InlineData(
        Form,
        "--b\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\nDone\r\n--b\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\n",
        true
    )]
    public async Task A_submission_of_700_MB_is_rejected_early_and_takes_no_memory(string contentType, string start, bool isChunked)
    {
        var (assignment, token) = await AssignmentAsync();
        GC.Collect();
        using var process = Process.GetCurrentProcess();
        var before = process.WorkingSet64;
        using var stop = new CancellationTokenSource();
        var peak = PeakAsync(stop.Token);
        var outcome = await HostileUpload.SendAsync(
            api.Host.Address,
            $"POST /api/assignments/{assignment}/submissions",
            contentType,
            700 * Megabyte,
            isChunked,
            token,
            start
        );
        await stop.CancelAsync();
        Assert.True(outcome.Status == 413, outcome.Text);
        Assert.Matches("[0-9]+ bytes", outcome.Text);
        Assert.InRange(outcome.SentBytes, 0, 48 * Megabyte);
        Assert.InRange((await peak) - before, long.MinValue, 100 * Megabyte);
    }

    [Fact]
    public async Task Unknown_parts_of_a_form_count_toward_the_limit()
    {
        var (assignment, token) = await AssignmentAsync();
        var part = $"--b\r\nContent-Disposition: form-data; name=\"unknown\"\r\n\r\n{new string('x', 20_000)}\r\n";
        var parts = string.Concat(Enumerable.Repeat(part, 700));
        Assert.True(parts.Length > SubmissionLimits.File + Megabyte);
        var outcome = await HostileUpload.SendAsync(
            api.Host.Address,
            $"POST /api/assignments/{assignment}/submissions",
            Form,
            parts.Length,
            isChunked: true,
            token,
            parts
        );
        Assert.True(outcome.Status == 413, outcome.Text);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Parts_before_the_file_of_an_import_count_toward_the_limit(bool isChunked)
    {
        var token = await api.IssueTokenAsync("student", MongoDB.Bson.ObjectId.GenerateNewId());
        const string unknown = "--b\r\nContent-Disposition: form-data; name=\"unknown\"\r\n\r\n";
        var outcome = await HostileUpload.SendAsync(
            api.Host.Address,
            "POST /api/todos/import",
            Form,
            700 * Megabyte,
            isChunked,
            token,
            unknown
        );
        Assert.True(outcome.Status == 413, outcome.Text);
        Assert.InRange(outcome.SentBytes, 0, 160 * Megabyte);
    }

    private static async Task<long> PeakAsync(CancellationToken cancellationToken)
    {
        var peak = 0L;
        while (!cancellationToken.IsCancellationRequested)
        {
            using var process = Process.GetCurrentProcess();
            peak = Math.Max(peak, process.WorkingSet64);
            await Task.Delay(20, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        return peak;
    }

    private async Task<(string Assignment, string Token)> AssignmentAsync()
    {
        var (course, owner) = await api.CreateCourseAsync();
        var student = await api.CreateUserAsync();
        await api.EnrollAsync(student, course);
        var assignment = (
            await LearningFixture.PostAsync(owner.Client, $"/api/courses/{course}/assignments", new { title = "A scene" })
        ).Id();
        return (assignment, await api.IssueTokenAsync("student", student.Id));
    }
}
