using System.Text.Json;
using MovieLms.EndToEnd.Contract;

namespace MovieLms.EndToEnd.Hostile;

/// <summary>Checks the response to a hostile request.</summary>
internal static class Verdict
{
    /// <summary>Statuses of requests that did not reach a handler.</summary>
    internal static readonly HashSet<int> NotHandled = [0, 401, 403, 404, 405, 408, 411, 413, 414, 415, 417, 431, 505];

    /// <summary>Statuses with which the server or routing rejects malformed requests.</summary>
    private static readonly HashSet<int> HttpLevel = [301, 308, 400, 404, 405, 408, 411, 413, 414, 415, 417, 431, 505];

    internal static IEnumerable<string> FindFaults(WalkOperation operation, Draft draft, RawResponse? response, string caller)
    {
        if (response is null)
        {
            if (!draft.MayBeClosed)
                yield return "closed the connection without a response";
            yield break;
        }
        var (status, text) = (response.Status, response.Text);
        // 501 and 503 are allowed only where declared, and /health may report that a service is busy.
        var isDeclared = operation.Statuses.Contains(status) || (status == 503 && operation.Row.Path == "/health");
        if (status >= 500 && status != 505 && !(status is 501 or 503 && isDeclared))
            yield return $"{status} {text}";
        if (operation.IsDocumented && !draft.IsElsewhere && !operation.Statuses.Contains(status) && !HttpLevel.Contains(status))
            yield return $"{status} is not declared: {PathMutations.Abbreviate(text)}";
        if (!draft.IsElsewhere && operation.Statuses.Contains(status) && !HttpLevel.Contains(status))
        {
            foreach (var difference in FindDifferences(operation.Row, draft, response))
                yield return difference;
        }
        if (draft.Blamed is not null && status < 300)
            yield return $"{status} accepts an invalid value";
        if (response.Header("X-Injected").Length > 0)
            yield return "a header was injected";
        // Caught mail is visible to every local user, without signing in.
        if (
            caller is not "admin"
            && !operation.Row.Path.StartsWith("/mail", StringComparison.Ordinal)
            && text.Contains(Campus.Canary, StringComparison.OrdinalIgnoreCase)
        )
        {
            yield return $"{status} contains another user's data: {text}";
        }

        if (text.Contains("   at ", StringComparison.Ordinal) && text.Contains(".cs:line", StringComparison.Ordinal))
            yield return $"{status} shows a stack trace";
        if (status >= 400 && draft.Path.StartsWith("/api/", StringComparison.Ordinal) && draft.Method != "HEAD")
        {
            foreach (var fault in FindProblemFaults(response, draft))
                yield return $"{status} {fault}: {PathMutations.Abbreviate(text)}";
        }
    }

    /// <summary>Returns the headers and the members of the body that the document does not declare.</summary>
    private static IEnumerable<string> FindDifferences(WalkTable.Row row, Draft draft, RawResponse response)
    {
        if (ApiContract.Current.Find(row.Method, row.Path.Split('?')[0]) is not { } operation)
            return [];
        var isReadable = draft.Method != "HEAD" && response.Header("Content-Encoding").Length == 0;
        return ApiContract.Current.FindDifferences(
            operation,
            response.Status,
            response.Headers.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(':')[0]),
            response.Header("Content-Type"),
            isReadable ? response.Body : []
        );
    }

    private static IEnumerable<string> FindProblemFaults(RawResponse response, Draft draft)
    {
        // The server itself rejects malformed HTTP before any of our code runs.
        if (response.Body.Length == 0 && draft.MayBeClosed && response.Header("Connection") == "close")
            yield break;
        if (response.Header("Content-Type").Split(';')[0] != "application/problem+json")
        {
            yield return $"has the content type {response.Header("Content-Type")}";
            yield break;
        }
        using var problem = JsonDocument.Parse(response.Body);
        if (problem.RootElement.GetProperty("status").GetInt32() != response.Status)
            yield return "has a different status in its body";
        if (response.Status != 400)
            yield break;
        if (!problem.RootElement.TryGetProperty("errors", out var errors))
        {
            // A broken transfer is not the fault of a field.
            if (!draft.IsElsewhere || !problem.RootElement.TryGetProperty("detail", out _))
                yield return "names no field";
        }
        else if (draft.Blamed is { } member && !errors.TryGetProperty(member, out _))
        {
            yield return $"does not name {member}";
        }
        else if (!errors.EnumerateObject().Any() || errors.EnumerateObject().Any(error => string.IsNullOrWhiteSpace(error.Name)))
        {
            yield return "has an unnamed field";
        }
    }
}
