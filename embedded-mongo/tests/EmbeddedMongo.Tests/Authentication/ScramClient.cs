using System.Security.Cryptography;
using System.Text;

namespace EmbeddedMongo.Tests.Authentication;

/// <summary>The client's side of SCRAM-SHA-256 (RFC 5802), for messages that drivers do not send.</summary>
internal sealed class ScramClient(string userName, string password)
{
    private readonly string _bare = $"n={userName},r={Convert.ToHexString(RandomNumberGenerator.GetBytes(12))}";

    public string First => "n,," + _bare;

    /// <summary>Returns the proof for a challenge.</summary>
    public string Prove(string challenge)
    {
        var fields = challenge.Split(',').Select(field => field[2..]).ToArray();
        var withoutProof = $"c=biws,r={fields[0]}";
        var messages = Encoding.UTF8.GetBytes($"{_bare},{challenge},{withoutProof}");
        var salted = Rfc2898DeriveBytes.Pbkdf2(
            password,
            Convert.FromBase64String(fields[1]),
            int.Parse(fields[2], System.Globalization.CultureInfo.InvariantCulture),
            HashAlgorithmName.SHA256,
            32
        );
        var clientKey = HMACSHA256.HashData(salted, "Client Key"u8);
        var signature = HMACSHA256.HashData(SHA256.HashData(clientKey), messages);
        return $"{withoutProof},p={Convert.ToBase64String([.. clientKey.Zip(signature, (key, mask) => (byte)(key ^ mask))])}";
    }
}
