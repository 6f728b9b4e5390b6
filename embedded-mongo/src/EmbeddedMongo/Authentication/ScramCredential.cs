using System.Security.Cryptography;
using System.Text;

namespace EmbeddedMongo.Authentication;

/// <summary>The keys that a server stores instead of a password (RFC 5802, section 3). They do not reveal it.</summary>
internal sealed class ScramCredential
{
    /// <summary>MongoDB's <c>scramSHA256IterationCount</c>.</summary>
    private const int DefaultIterations = 15_000;

    private const int SaltLength = 28;
    private readonly byte[] _storedKey;
    private readonly byte[] _serverKey;

    private ScramCredential(byte[] salt, int iterations, byte[] storedKey, byte[] serverKey) =>
        (Salt, Iterations, _storedKey, _serverKey) = (salt, iterations, storedKey, serverKey);

    public byte[] Salt { get; }

    public int Iterations { get; }

    /// <summary>Derives the keys of a prepared password with a random salt.</summary>
    public static ScramCredential Derive(string password) =>
        Derive(password, RandomNumberGenerator.GetBytes(SaltLength), DefaultIterations);

    public static ScramCredential Derive(string password, byte[] salt, int iterations)
    {
        var salted = Rfc2898DeriveBytes.Pbkdf2(
            Encoding.UTF8.GetBytes(password),
            salt,
            iterations,
            HashAlgorithmName.SHA256,
            SHA256.HashSizeInBytes
        );
        var clientKey = HMACSHA256.HashData(salted, "Client Key"u8);
        return new ScramCredential(salt, iterations, SHA256.HashData(clientKey), HMACSHA256.HashData(salted, "Server Key"u8));
    }

    /// <summary>Creates a credential that no password matches. The salt depends on the seed only.</summary>
    public static ScramCredential CreateFake(ReadOnlySpan<byte> seed) =>
        new(
            SHA256.HashData(seed)[..SaltLength],
            DefaultIterations,
            RandomNumberGenerator.GetBytes(SHA256.HashSizeInBytes),
            RandomNumberGenerator.GetBytes(SHA256.HashSizeInBytes)
        );

    /// <summary>Checks the proof of a client over the messages of its conversation, in constant time.</summary>
    public bool IsProof(ReadOnlySpan<byte> proof, ReadOnlySpan<byte> messages)
    {
        var clientKey = HMACSHA256.HashData(_storedKey, messages);
        if (proof.Length != clientKey.Length)
            return false;

        for (var i = 0; i < clientKey.Length; i++)
            clientKey[i] ^= proof[i];

        return CryptographicOperations.FixedTimeEquals(SHA256.HashData(clientKey), _storedKey);
    }

    /// <summary>Returns the signature that proves to the client that the server knows its credential.</summary>
    public byte[] Sign(ReadOnlySpan<byte> messages) => HMACSHA256.HashData(_serverKey, messages);
}
