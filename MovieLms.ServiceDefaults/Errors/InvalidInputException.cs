namespace MovieLms.ServiceDefaults.Errors;

/// <summary>Input that only deeper code could find wrong; the client gets a 400 that names the field.</summary>
/// <param name="field">The JSON or query name at fault.</param>
/// <param name="message">What is wrong with it and what would be right.</param>
public sealed class InvalidInputException(string field, string message) : Exception(message)
{
    /// <summary>The JSON or query name at fault.</summary>
    public string Field { get; } = field;
}
