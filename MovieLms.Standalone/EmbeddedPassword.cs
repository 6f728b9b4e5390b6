using System.Security.Cryptography;

namespace MovieLms.Standalone;

/// <summary>The passwords of the embedded MongoDB and Redis.</summary>
public static class EmbeddedPassword
{
    /// <summary>
    /// The environment variable that sets MongoDB's password for processes that must know it in advance, such as the AppHost's. It is not
    /// a command-line option because every user of the machine can read command lines.
    /// </summary>
    public const string MongoVariable = "MOVIELMS_MONGO_PASSWORD";

    /// <summary>The environment variable that sets Redis' password.</summary>
    public const string RedisVariable = "MOVIELMS_REDIS_PASSWORD";

    private const int GeneratedBytes = 24;
    private const int MinLength = 22;
    private const int MaxLength = 128;

    /// <summary>Returns a random password with 192 bits of entropy.</summary>
    public static string Generate() => RandomNumberGenerator.GetHexString(GeneratedBytes * 2, lowercase: true);

    /// <summary>Returns the password in an environment variable, or null if it is not set.</summary>
    /// <exception cref="StandaloneException">The password is too short to be safe, or not valid in a connection string.</exception>
    internal static string? Read(string variable)
    {
        if (Environment.GetEnvironmentVariable(variable) is not { Length: > 0 } password)
            return null;
        return IsValid(password) ? password : throw new StandaloneException($"{variable} must be {Requirement}.");
    }

    internal static string Requirement { get; } = $"{MinLength} to {MaxLength} letters and digits";

    /// <summary>Whether a password meets the <see cref="Requirement"/>.</summary>
    internal static bool IsValid(string password) =>
        password.Length is >= MinLength and <= MaxLength && password.All(char.IsAsciiLetterOrDigit);
}
