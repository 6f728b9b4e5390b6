using System.Security.Cryptography;
using System.Text;
using EmbeddedMongo.Errors;

namespace EmbeddedMongo.Authentication;

/// <summary>
/// The server's side of SCRAM-SHA-256 (RFC 5802, RFC 7677): a challenge, the verification of the proof, and an empty exchange unless the
/// client skips it.
/// </summary>
internal sealed class ScramConversation(Func<string, ScramCredential> findCredential, bool skipEmptyExchange, string nonce)
{
    /// <summary>The header of clients without channel binding, which MongoDB does not support.</summary>
    private static readonly string[] Headers = ["n,,", "y,,"];

    private ScramCredential? _credential;
    private string _nonce = nonce;
    private string _header = "";
    private string _messages = "";
    private int _steps;

    public ScramConversation(Func<string, ScramCredential> findCredential, bool skipEmptyExchange)
        : this(findCredential, skipEmptyExchange, Convert.ToBase64String(RandomNumberGenerator.GetBytes(24))) { }

    /// <summary>The user who authenticates. The name is not verified before the conversation is complete.</summary>
    public string UserName { get; private set; } = "";

    /// <summary>True after the client has proved that it knows the password and no further message is expected.</summary>
    public bool IsComplete => _steps == (skipEmptyExchange ? 2 : 3);

    /// <summary>Returns the reply to a message of the client.</summary>
    /// <exception cref="MongoErrorException">18 if the message is malformed or the proof is wrong.</exception>
    public string Reply(string message)
    {
        var reply = _steps switch
        {
            0 => Challenge(message),
            1 => Verify(message),
            2 when message.Length == 0 && !skipEmptyExchange => "",
            _ => throw MongoErrorException.AuthenticationFailed(),
        };
        _steps++;
        return reply;
    }

    private string Challenge(string message)
    {
        _header =
            Headers.FirstOrDefault(header => message.StartsWith(header, StringComparison.Ordinal))
            ?? throw MongoErrorException.AuthenticationFailed();
        var bare = message[_header.Length..];
        if (bare.Split(',') is not [['n', '=', .. var user], ['r', '=', .. { Length: > 0 } clientNonce], ..])
            throw MongoErrorException.AuthenticationFailed();

        UserName = user.Replace("=2C", ",", StringComparison.Ordinal).Replace("=3D", "=", StringComparison.Ordinal);
        _credential = findCredential(UserName);
        _nonce = clientNonce + _nonce;
        var reply = $"r={_nonce},s={Convert.ToBase64String(_credential.Salt)},i={_credential.Iterations}";
        _messages = $"{bare},{reply}";
        return reply;
    }

    private string Verify(string message)
    {
        var withoutProof = $"c={Convert.ToBase64String(Encoding.UTF8.GetBytes(_header))},r={_nonce}";
        var prefix = withoutProof + ",p=";
        Span<byte> proof = stackalloc byte[SHA256.HashSizeInBytes];
        var messages = Encoding.UTF8.GetBytes($"{_messages},{withoutProof}");
        if (
            !message.StartsWith(prefix, StringComparison.Ordinal)
            || !Convert.TryFromBase64String(message[prefix.Length..], proof, out var length)
            || !_credential!.IsProof(proof[..length], messages)
        )
        {
            throw MongoErrorException.AuthenticationFailed();
        }

        return $"v={Convert.ToBase64String(_credential.Sign(messages))}";
    }
}
