namespace MovieLms.Standalone;

/// <summary>The password of an embedded service, which only a terminal shows.</summary>
/// <param name="Value">The password.</param>
/// <param name="Hint">Where to find the password, for output that goes to a log or a pipe.</param>
internal sealed record ServicePassword(string Value, string Hint)
{
    internal const string Placeholder = "<password>";

    /// <summary>Returns the password that an environment variable sets.</summary>
    internal static ServicePassword FromVariable(string value, string variable) => new(value, $"password in {variable}");

    /// <summary>Returns a new random password.</summary>
    internal static ServicePassword Generate(string variable) =>
        new(EmbeddedPassword.Generate(), $"random password; {variable} sets another");

    /// <summary>Returns a connection string with the password, or with a placeholder and the hint.</summary>
    internal string Format(string connectionString, bool isVisible) =>
        isVisible ? connectionString : $"{connectionString.Replace(Value, Placeholder, StringComparison.Ordinal)}  ({Hint})";
}
