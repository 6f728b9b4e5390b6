using MovieLms.Client;
using MovieLms.ServiceDefaults.Hardening;
using MovieLms.Web.Session;

namespace MovieLms.Web.Accounts;

/// <summary>Pictures of users.</summary>
internal static class Avatars
{
    /// <summary>Maximum size of a form with a picture.</summary>
    internal const long MaxRequestBytes = BodyLimits.Image + (64 * 1024);

    private const string UnknownType = "application/octet-stream";

    internal static async Task<bool> ExistsAsync(ConsoleApi console, string userId)
    {
        using var request = new HttpRequestMessage(HttpMethod.Head, $"api/users/{userId}/avatar");
        try
        {
            using var response = await console.Http.SendAsync(request, console.Left);
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    internal static async Task UploadAsync(ConsoleApi console, string userId, IFormFile file)
    {
        await using var content = file.OpenReadStream();
        var type = file.ContentType is { Length: > 0 } named ? named : UnknownType;
        await console.Api.SetAvatarAsync(userId, new FileParameter(content, file.FileName, type), console.Left);
    }
}
