using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace MovieLms.ServiceDefaults.Errors;

/// <summary>Converts the framework's message about a parameter that failed to bind into a problem that names the parameter.</summary>
internal static partial class BadParameter
{
    internal static ProblemDetails ToProblem(BadHttpRequestException exception)
    {
        var name = Named().Match(exception.Message) is { Success: true } match ? match.Groups["name"].Value : null;
        if (Body().IsMatch(exception.Message))
            name = "body";
        if (name is null)
            return new ProblemDetails { Status = StatusCodes.Status400BadRequest, Detail = exception.Message };
        return new HttpValidationProblemDetails(
            new Dictionary<string, string[]>
            {
                [JsonNamingPolicy.CamelCase.ConvertName(name)] =
                [
                    Missing().IsMatch(exception.Message) ? "A value is required." : "The value has the wrong format or type.",
                ],
            }
        )
        {
            Status = StatusCodes.Status400BadRequest,
        };
    }

    // Clients do not know the handler's parameter name, so it is reported as "body".
    [GeneratedRegex("no body was provided|was not provided from body")]
    private static partial Regex Body();

    // "Failed to bind parameter "int limit" from "abc"." and "Required parameter "string search" was not provided from query string."
    [GeneratedRegex("""parameter "\S+ (?<name>\w+)" """)]
    private static partial Regex Named();

    [GeneratedRegex("^Required parameter|body was inferred")]
    private static partial Regex Missing();
}
