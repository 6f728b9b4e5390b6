using System.Net.Http.Json;
using System.Text.RegularExpressions;
using MovieLms.ApiService.Tests.Courses;

namespace MovieLms.ApiService.Tests.Http;

/// <summary>Times are UTC and end in Z.</summary>
public sealed partial class TimeFormatTests(LearningFixture api) : IClassFixture<LearningFixture>
{
    [Fact]
    public async Task No_read_contains_a_time_with_an_offset()
    {
        var (faults, times) = (new List<string>(), 0);
        // Twice, so that cached responses are read, too.
        foreach (var read in (await ReadWalk.CreateAsync(api)).SelectMany(read => new[] { read, read }))
        {
            using var response = await read.Client.GetAsync(read.Path);
            if (response.Content.Headers.ContentType?.MediaType is not ("application/json" or "text/csv"))
                continue;
            var text = await response.Content.ReadAsStringAsync();
            faults.AddRange(TimeWithOffset().Matches(text).Select(match => $"{read}: {match.Value}"));
            times += TimeInUtc().Count(text);
        }
        Assert.True(faults.Count == 0, string.Join('\n', faults));
        Assert.True(times > 60, $"{times}");
    }

    [Theory]
    [InlineData("2027-01-15T12:30:00+02:00", "2027-01-15T10:30:00Z")]
    [InlineData("2027-01-15T10:30:00.125Z", "2027-01-15T10:30:00.125Z")]
    [InlineData("2027-01-15T10:30:00", "2027-01-15T10:30:00Z")]
    public async Task A_time_is_returned_in_UTC(string sent, string returned)
    {
        using var student = api.Student();
        var todo = await LearningFixture.PostAsync(student, "/api/todos", new { title = "A task", dueDate = sent });
        Assert.Equal(returned, todo.GetProperty("dueDate").GetString());
    }

    [Theory]
    [InlineData("tomorrow")]
    [InlineData("2027-02-30T10:30:00Z")]
    [InlineData(5)]
    public async Task A_malformed_time_is_refused_and_named(object dueDate)
    {
        using var student = api.Student();
        using var response = await student.PostAsJsonAsync("/api/todos", new { title = "A task", dueDate });
        await response.AssertProblemAsync(400, "dueDate");
    }

    [GeneratedRegex(@"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(\+|\\u002B|-)\d\d:\d\d", RegexOptions.IgnoreCase)]
    private static partial Regex TimeWithOffset();

    [GeneratedRegex(@"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")]
    private static partial Regex TimeInUtc();
}
