namespace MovieLms.Data.Changes;

/// <summary>Receives every change that other parts of the product must react to.</summary>
public interface IChangeSink
{
    /// <summary>
    /// Publishes a change. It is called after the write and does not throw. If a change is lost, cached responses stay outdated until they
    /// expire, and open connections until they reload.
    /// </summary>
    Task PublishAsync(Change change);
}
