namespace MovieLms.Worker.Imports.Reading;

/// <summary>The file as a whole cannot be read; trying again would not help.</summary>
/// <param name="reason">For the user who uploaded it.</param>
internal sealed class BadFileException(string reason) : Exception(reason);
