namespace MovieLms.Application.Work;

/// <summary>
/// A queue of work that is stored in MongoDB as documents with a lease. Any number of processes may work on a queue; the lease decides
/// which of them processes a document.
/// </summary>
public interface IWorkQueue
{
    /// <summary>The queue's name in logs and wake-ups.</summary>
    string Name { get; }

    /// <summary>The polling interval while no work is due.</summary>
    TimeSpan Interval { get; }

    /// <summary>The maximum number of documents that this process handles concurrently.</summary>
    int Parallelism => 1;

    /// <summary>Claims the next document and processes it.</summary>
    /// <returns>False if no document was due.</returns>
    Task<bool> RunNextAsync(CancellationToken cancellationToken);
}
