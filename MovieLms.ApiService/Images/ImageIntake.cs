using Microsoft.Net.Http.Headers;
using MovieLms.ApiService.Http;
using MovieLms.Reports.Images;
using MovieLms.ServiceDefaults.Errors;

namespace MovieLms.ApiService.Images;

/// <summary>Limits how many images are decoded at a time, because one may need 160 MB of memory.</summary>
internal sealed class ImageGate() : WorkGate(MaxConcurrent, MaxWaiting, "Too many images are being processed.")
{
    internal const int MaxConcurrent = 1;
    internal const int MaxWaiting = 16;
}

/// <summary>Reads the image in the body of a request.</summary>
internal static class ImageIntake
{
    /// <summary>Maximum size of an image, in bytes.</summary>
    internal const int MaxBytes = 5 * 1024 * 1024;

    /// <summary>The field that errors name: the whole body.</summary>
    private const string Field = "body";

    internal static readonly string[] ContentTypes = ["image/png", "image/jpeg", "image/webp"];

    /// <summary>Reads and resizes an image.</summary>
    /// <exception cref="InvalidInputException">The body is not an image that can be used.</exception>
    /// <exception cref="BadHttpRequestException">The body is too large (413), or its type is not supported (415).</exception>
    internal static async Task<byte[]> ReadAsync(
        HttpRequest request,
        ImageGate gate,
        Func<byte[], byte[]> resize,
        CancellationToken cancellationToken
    )
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type) || !ContentTypes.Contains(type.MediaType.ToString()))
        {
            throw new BadHttpRequestException($"Send one of {string.Join(", ", ContentTypes)}.", StatusCodes.Status415UnsupportedMediaType);
        }
        using var content = new MemoryStream();
        await BoundedBody.Of(request, MaxBytes).CopyToAsync(content, cancellationToken);
        try
        {
            return await gate.RunAsync(() => Task.Run(() => resize(content.ToArray()), CancellationToken.None), cancellationToken);
        }
        catch (InvalidImageException e)
        {
            throw new InvalidInputException(Field, e.Message);
        }
    }
}
