using System.Security.Cryptography;
using System.Text;

namespace EmbeddedMongo.Authentication;

/// <summary>
/// The credential of the configured user. Every other user has a credential that no password matches, so that clients cannot find out
/// which users exist.
/// </summary>
internal sealed class CredentialStore
{
    /// <summary>The database of the user, which clients name with <c>authSource</c>.</summary>
    public const string Database = "admin";

    private readonly byte[] _fakeSaltKey = RandomNumberGenerator.GetBytes(SHA256.HashSizeInBytes);
    private readonly string? _userName;
    private readonly ScramCredential? _credential;

    /// <exception cref="EmbeddedMongoException">The name is empty, or clients reject the password.</exception>
    public CredentialStore(EmbeddedMongoUser? user)
    {
        if (user is null)
            return;

        if (string.IsNullOrEmpty(user.Name))
            throw new EmbeddedMongoException("The user has no name.");

        _userName = user.Name;
        _credential = ScramCredential.Derive(
            SaslPrep.Prepare(user.Password)
                ?? throw new EmbeddedMongoException(
                    $"The password of the user '{user.Name}' is empty or contains a character that SASLprep (RFC 4013) prohibits."
                )
        );
    }

    /// <summary>Whether clients must authenticate.</summary>
    public bool IsAuthenticationRequired => _credential is not null;

    public ScramCredential Find(string database, string userName)
    {
        var fake = ScramCredential.CreateFake(HMACSHA256.HashData(_fakeSaltKey, Encoding.UTF8.GetBytes($"{database}.{userName}")));
        return _credential is not null && database == Database && userName == _userName ? _credential : fake;
    }
}
