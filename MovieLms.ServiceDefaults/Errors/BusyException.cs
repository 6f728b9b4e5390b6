namespace MovieLms.ServiceDefaults.Errors;

/// <summary>Thrown when too much work of a kind is queued. The client receives a 503 with <c>Retry-After</c>.</summary>
/// <param name="title">The problem's title, such as "Too many sign-ins are in progress".</param>
public sealed class BusyException(string title) : Exception(title);
