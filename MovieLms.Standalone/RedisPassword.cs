using System.Security.Cryptography;

namespace MovieLms.Standalone;

/// <summary>The password of the embedded Redis.</summary>
public static class RedisPassword
{
    /// <summary>
    /// The environment variable that sets the password for processes that must know it in advance, such as the AppHost's. It is not a
    /// command-line option because every user of the machine can read command lines.
    /// </summary>
    public const string Variable = "MOVIELMS_REDIS_PASSWORD";

    private const int GeneratedBytes = 24;
    private const int MinLength = 22;
    private const int MaxLength = 128;

    /// <summary>Returns a random password with 192 bits of entropy.</summary>
    public static string Generate() => RandomNumberGenerator.GetHexString(GeneratedBytes * 2, lowercase: true);

    /// <summary>Returns the password in <see cref="Variable"/>, or null if it is not set.</summary>
    /// <exception cref="StandaloneException">The password is too short to be safe, or not valid in a connection string.</exception>
    internal static string? Read()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 } password)
            return null;
        return password.Length is >= MinLength and <= MaxLength && password.All(char.IsAsciiLetterOrDigit)
            ? password
            : throw new StandaloneException($"{Variable} must be {MinLength} to {MaxLength} letters and digits.");
    }
}
