namespace MovieLms.Data.Changes;

/// <summary>Receives every change that other parts of the product must follow.</summary>
public interface IChangeSink
{
    /// <summary>
    /// Publishes a change. It is called after the write and does not throw: a change that is lost costs a cached response at most its
    /// duration, and an open connection a reload.
    /// </summary>
    Task PublishAsync(Change change);
}
