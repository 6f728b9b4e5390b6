namespace MovieLms.ServiceDefaults.Errors;

/// <summary>Thrown for invalid input that request validation cannot detect. The client receives a 400 that names the field.</summary>
/// <param name="field">The JSON or query name of the invalid field.</param>
/// <param name="message">The problem and what is allowed.</param>
public sealed class InvalidInputException(string field, string message) : Exception(message)
{
    /// <summary>The JSON or query name of the invalid field.</summary>
    public string Field { get; } = field;
}
