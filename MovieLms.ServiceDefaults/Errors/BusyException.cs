namespace MovieLms.ServiceDefaults.Errors;

/// <summary>More work of a kind waits than is taken on; the client gets a 503 with Retry-After.</summary>
/// <param name="title">What there is too much of, as a sentence.</param>
public sealed class BusyException(string title) : Exception(title);
