using System.Security.Cryptography;

namespace MovieLms.Standalone;

/// <summary>The password of the embedded Redis.</summary>
public static class RedisPassword
{
    /// <summary>
    /// Sets the password for processes that must know it before the start, such as those of the AppHost. An environment variable, because
    /// every user of the machine can read the command line.
    /// </summary>
    public const string Variable = "MOVIELMS_REDIS_PASSWORD";

    private const int GeneratedBytes = 24;
    private const int MinLength = 22;
    private const int MaxLength = 128;

    /// <summary>Returns a random password of 192 bits.</summary>
    public static string Generate() => RandomNumberGenerator.GetHexString(GeneratedBytes * 2, lowercase: true);

    /// <summary>Returns the password of <see cref="Variable"/>, or null if it is not set.</summary>
    /// <exception cref="StandaloneException">It could be guessed, or does not fit into a connection string.</exception>
    internal static string? Read()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 } password)
            return null;
        return password.Length is >= MinLength and <= MaxLength && password.All(char.IsAsciiLetterOrDigit)
            ? password
            : throw new StandaloneException($"{Variable} must be {MinLength} to {MaxLength} letters and digits.");
    }
}
