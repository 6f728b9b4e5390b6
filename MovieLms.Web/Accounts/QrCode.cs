using QRCoder;

namespace MovieLms.Web.Accounts;

/// <summary>Draws QR codes.</summary>
internal static class QrCode
{
    private const int PixelsPerModule = 6;

    /// <summary>Returns a black and white image as a <c>data:</c> address, with the margin that cameras need.</summary>
    internal static string CreateImage(string text)
    {
        using var generator = new QRCodeGenerator();
        using var data = generator.CreateQrCode(text, QRCodeGenerator.ECCLevel.M);
        using var code = new PngByteQRCode(data);
        return $"data:image/png;base64,{Convert.ToBase64String(code.GetGraphic(PixelsPerModule))}";
    }
}
