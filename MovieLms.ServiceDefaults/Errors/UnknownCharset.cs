using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace MovieLms.ServiceDefaults.Errors;

/// <summary>
/// Responds with 415 to a body in an unknown character set. The framework's JSON reader would throw and cause a 500.
/// </summary>
internal static class UnknownCharset
{
    internal static void RefuseUnknownCharsets(this WebApplication app) =>
        app.Use(next =>
            context =>
            {
                if (IsKnown(context.Request.ContentType))
                    return next(context);
                context.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
                return Task.CompletedTask;
            }
        );

    private static bool IsKnown(string? contentType)
    {
        if (contentType is null || !contentType.Contains("charset", StringComparison.OrdinalIgnoreCase))
            return true;
        if (!MediaTypeHeaderValue.TryParse(contentType, out var parsed) || !parsed.Charset.HasValue)
            return true;
        // The names of the encodings that .NET can read. UTF-7 is listed but not supported.
        var name = HeaderUtilities.RemoveQuotes(parsed.Charset);
        return Encoding
            .GetEncodings()
            .Any(encoding => name.Equals(encoding.Name, StringComparison.OrdinalIgnoreCase) && encoding.CodePage != 65000);
    }
}
