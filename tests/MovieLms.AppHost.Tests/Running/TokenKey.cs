using System.Security.Cryptography;

namespace MovieLms.AppHost.Tests.Running;

/// <summary>A signing key as an operator would give it.</summary>
internal static class TokenKey
{
    internal static string Generate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return key.ExportPkcs8PrivateKeyPem().ReplaceLineEndings(" ");
    }
}
