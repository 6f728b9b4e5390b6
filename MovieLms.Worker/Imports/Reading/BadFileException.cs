namespace MovieLms.Worker.Imports.Reading;

/// <summary>The file cannot be read, and a retry would not help.</summary>
/// <param name="reason">The reason, shown to the user who uploaded the file.</param>
internal sealed class BadFileException(string reason) : Exception(reason);
