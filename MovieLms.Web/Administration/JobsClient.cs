using System.Net;
using System.Text.Json;
using MovieLms.Client;
using MovieLms.Web.Access;
using MovieLms.Web.Session;

namespace MovieLms.Web.Administration;

/// <summary>A recurring job, as the worker describes it.</summary>
internal sealed record RecurringJob(
    string Name,
    string Cron,
    string TimeZone,
    DateTimeOffset? NextRun,
    DateTimeOffset? StartedAt,
    DateTimeOffset? EndedAt,
    DateTimeOffset? SucceededAt,
    string? Error,
    bool IsRunning
);

/// <summary>A run of the history.</summary>
internal sealed record JobRun(string Id, string? Name, string State, DateTimeOffset? At, double? DurationSeconds, string? Error);

/// <summary>A page of the history.</summary>
internal sealed record JobRunList(IReadOnlyList<JobRun> Items, int Total, bool IsComplete);

/// <summary>A run with its states and the text of its last failure.</summary>
internal sealed record JobRunDetails(
    string Id,
    string? Name,
    DateTimeOffset? CreatedAt,
    DateTimeOffset? ExpiresAt,
    string? Exception,
    IReadOnlyList<JobRunStep> Steps
);

/// <summary>A state that a run was in.</summary>
internal sealed record JobRunStep(string State, DateTimeOffset At, string? Reason);

/// <summary>The schedule of the worker, which is not part of the API.</summary>
internal sealed class JobsClient(ConsoleApi console) : IDisposable
{
    private const string Path = "/jobs/api";
    private readonly Lazy<HttpClient> _http = new(() => console.CreateClient(ServiceClients.Worker));

    public void Dispose()
    {
        if (_http.IsValueCreated)
            _http.Value.Dispose();
    }

    internal Task<IReadOnlyList<RecurringJob>> ListAsync() => ReadAsync<IReadOnlyList<RecurringJob>>($"{Path}/recurring");

    internal Task<JobRunList> SearchAsync(params (string Name, string? Value)[] query) =>
        ReadAsync<JobRunList>(AdminPages.Link($"{Path}/history", query));

    internal Task<JobRunDetails> GetAsync(string id) => ReadAsync<JobRunDetails>($"{Path}/history/{Uri.EscapeDataString(id)}");

    internal async Task RunAsync(string name)
    {
        using var response = await _http.Value.PostAsync($"{Path}/recurring/{Uri.EscapeDataString(name)}/run", content: null, console.Left);
        await ThrowUnlessSuccessAsync(response);
    }

    private async Task<T> ReadAsync<T>(string address)
    {
        using var response = await _http.Value.GetAsync(address, console.Left);
        await ThrowUnlessSuccessAsync(response);
        return await response.Content.ReadFromJsonAsync<T>(JsonSerializerOptions.Web, console.Left)
            ?? throw AdminPages.CreateFailure("The response is empty.", StatusCodes.Status500InternalServerError);
    }

    /// <exception cref="ApiException">The worker refused the request.</exception>
    private async Task ThrowUnlessSuccessAsync(HttpResponseMessage response)
    {
        if (response.IsSuccessStatusCode)
            return;
        if (response.StatusCode is HttpStatusCode.Redirect)
            throw AdminPages.CreateFailure("Not signed in.", StatusCodes.Status401Unauthorized);
        var text = await response.Content.ReadAsStringAsync(console.Left);
        throw AdminPages.CreateFailure("The worker refused the request.", (int)response.StatusCode, text);
    }
}
