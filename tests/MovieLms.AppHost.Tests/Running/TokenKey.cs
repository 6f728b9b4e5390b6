using System.Security.Cryptography;

namespace MovieLms.AppHost.Tests.Running;

/// <summary>Generates a signing key in the form an operator would configure.</summary>
internal static class TokenKey
{
    internal static string Generate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return key.ExportPkcs8PrivateKeyPem().ReplaceLineEndings(" ");
    }
}
