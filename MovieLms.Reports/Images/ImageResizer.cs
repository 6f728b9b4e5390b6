using SkiaSharp;

namespace MovieLms.Reports.Images;

/// <summary>Thrown when a file is not an image that can be used. The message says what is allowed.</summary>
public sealed class InvalidImageException(string message) : Exception(message);

/// <summary>
/// Decodes PNG, JPEG and WebP images and encodes them again as JPEG in a bounded size. The result contains only pixels: no metadata, such
/// as the place where a photo was taken, and nothing that follows the image in the file.
/// </summary>
public static class ImageResizer
{
    /// <summary>
    /// The maximum number of pixels of a JPEG image, which is decoded in a reduced size. The size is checked before the image is decoded.
    /// </summary>
    public const long MaxJpegPixels = 40_000_000;

    /// <summary>The maximum number of pixels of other images. Decoding an interlaced PNG image needs up to 12 bytes for each.</summary>
    public const long MaxPixels = 16_000_000;

    private const int Quality = 85;
    private static readonly SKEncodedImageFormat[] Formats =
    [
        SKEncodedImageFormat.Png,
        SKEncodedImageFormat.Jpeg,
        SKEncodedImageFormat.Webp,
    ];

    /// <summary>Returns the middle of the image as a square with this width and height, in pixels.</summary>
    /// <exception cref="InvalidImageException">The file is not an image that can be used.</exception>
    public static byte[] Crop(byte[] file, int size)
    {
        using var image = Decode(file, size);
        var side = Math.Min(image.Width, image.Height);
        var source = SKRect.Create((image.Width - side) / 2f, (image.Height - side) / 2f, side, side);
        return Encode(image, source, size, size);
    }

    /// <summary>Returns the whole image, scaled down to at most this width and height, in pixels.</summary>
    /// <exception cref="InvalidImageException">The file is not an image that can be used.</exception>
    public static byte[] Fit(byte[] file, int maxWidth, int maxHeight)
    {
        using var image = Decode(file, Math.Max(maxWidth, maxHeight));
        var scale = Math.Min(1f, Math.Min((float)maxWidth / image.Width, (float)maxHeight / image.Height));
        var width = Math.Max(1, (int)MathF.Round(image.Width * scale));
        var height = Math.Max(1, (int)MathF.Round(image.Height * scale));
        return Encode(image, SKRect.Create(image.Width, image.Height), width, height);
    }

    /// <summary>Decodes an image upright, already scaled down where the format supports it, but not below the size.</summary>
    private static SKImage Decode(byte[] file, int size)
    {
        using var data = SKData.CreateCopy(file);
        using var codec = SKCodec.Create(data);
        if (codec is null || !Formats.Contains(codec.EncodedFormat))
            throw new InvalidImageException("The file must be a PNG, JPEG or WebP image.");
        var maxPixels = codec.EncodedFormat == SKEncodedImageFormat.Jpeg ? MaxJpegPixels : MaxPixels;
        if ((long)codec.Info.Width * codec.Info.Height > maxPixels)
            throw new InvalidImageException($"The image must have at most {maxPixels / 1_000_000} megapixels.");
        var smallest = Math.Min(codec.Info.Width, codec.Info.Height);
        var scaled = smallest > size ? codec.GetScaledDimensions((float)size / smallest) : codec.Info.Size;
        using var bitmap = new SKBitmap(new SKImageInfo(scaled.Width, scaled.Height, SKColorType.Rgba8888, SKAlphaType.Premul));
        if (codec.GetPixels(bitmap.Info, bitmap.GetPixels()) != SKCodecResult.Success)
            throw new InvalidImageException("The image is damaged or incomplete.");
        return Turn(bitmap, codec.EncodedOrigin);
    }

    /// <summary>Applies the orientation that a camera stored in the metadata.</summary>
    private static SKImage Turn(SKBitmap bitmap, SKEncodedOrigin origin)
    {
        if (origin == SKEncodedOrigin.TopLeft)
        {
            // Otherwise the pixels would be copied.
            bitmap.SetImmutable();
            return SKImage.FromBitmap(bitmap);
        }

        var isSideways = origin >= SKEncodedOrigin.LeftTop;
        var (width, height) = isSideways ? (bitmap.Height, bitmap.Width) : (bitmap.Width, bitmap.Height);
        using var surface = SKSurface.Create(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Premul));
        surface.Canvas.SetMatrix(ToMatrix(origin, width, height));
        surface.Canvas.DrawBitmap(bitmap, 0, 0);
        return surface.Snapshot();
    }

    /// <summary>Returns the transformation of stored pixels to upright ones; width and height are those of the upright image.</summary>
    private static SKMatrix ToMatrix(SKEncodedOrigin origin, float width, float height) =>
        origin switch
        {
            SKEncodedOrigin.TopRight => new SKMatrix(-1, 0, width, 0, 1, 0, 0, 0, 1),
            SKEncodedOrigin.BottomRight => new SKMatrix(-1, 0, width, 0, -1, height, 0, 0, 1),
            SKEncodedOrigin.BottomLeft => new SKMatrix(1, 0, 0, 0, -1, height, 0, 0, 1),
            SKEncodedOrigin.LeftTop => new SKMatrix(0, 1, 0, 1, 0, 0, 0, 0, 1),
            SKEncodedOrigin.RightTop => new SKMatrix(0, -1, width, 1, 0, 0, 0, 0, 1),
            SKEncodedOrigin.RightBottom => new SKMatrix(0, -1, width, -1, 0, height, 0, 0, 1),
            SKEncodedOrigin.LeftBottom => new SKMatrix(0, 1, 0, -1, 0, height, 0, 0, 1),
            _ => SKMatrix.Identity,
        };

    /// <summary>Draws a part of an image on white, because JPEG has no transparency.</summary>
    private static byte[] Encode(SKImage image, SKRect source, int width, int height)
    {
        using var surface = SKSurface.Create(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        surface.Canvas.Clear(SKColors.White);
        var sampling = new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear);
        surface.Canvas.DrawImage(image, source, SKRect.Create(width, height), sampling);
        using var result = surface.Snapshot();
        using var encoded = result.Encode(SKEncodedImageFormat.Jpeg, Quality);
        return encoded.ToArray();
    }
}
