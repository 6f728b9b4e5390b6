using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;

namespace MovieLms.ApiService.OpenApi.Examples;

/// <summary>The examples of problem details, by status.</summary>
internal static class ExampleProblems
{
    private static readonly Dictionary<string, string> Details = new()
    {
        ["401"] = "The access token is missing or has expired.",
        ["402"] = "The course has a price. Order it first.",
        ["403"] = "The caller lacks the permission for this operation.",
        ["404"] = "There is no such resource.",
        ["409"] = "The resource already exists, or its state does not allow the change.",
        ["412"] = "The resource has changed since the version in If-Match. Read it again and repeat the change.",
        ["413"] = "The request body must not exceed 65536 bytes.",
        ["415"] = "The request body must be JSON.",
        ["422"] = "This Idempotency-Key was used for another request.",
        ["429"] = "Too many requests. Try again after the seconds in Retry-After.",
        ["501"] = "This installation has not configured the feature.",
        ["503"] = "The database is unavailable. Try again after the seconds in Retry-After.",
    };

    /// <summary>Returns the example of a status.</summary>
    internal static JsonObject Create(string status, bool isValidation)
    {
        var code = int.Parse(status, System.Globalization.CultureInfo.InvariantCulture);
        var problem = new JsonObject
        {
            ["type"] = $"https://www.rfc-editor.org/rfc/rfc9110#name-{code}",
            ["title"] = isValidation ? "One or more validation errors occurred." : ReasonPhrases.GetReasonPhrase(code),
            ["status"] = code,
            ["detail"] = Details.GetValueOrDefault(status),
            ["traceId"] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        };
        if (isValidation)
        {
            problem.Remove("detail");
            problem["errors"] = new JsonObject { ["title"] = new JsonArray("The title is required.") };
        }
        return problem;
    }
}
