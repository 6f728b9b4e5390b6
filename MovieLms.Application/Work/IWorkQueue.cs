namespace MovieLms.Application.Work;

/// <summary>
/// Work that is stored in MongoDB as documents with a lease. Any number of processes may work on one queue: the lease decides which of
/// them gets a document.
/// </summary>
public interface IWorkQueue
{
    /// <summary>The queue's name in logs and wake-ups.</summary>
    string Name { get; }

    /// <summary>The time between two looks for work while there is none.</summary>
    TimeSpan Interval { get; }

    /// <summary>The maximum number of documents that this process works on at the same time.</summary>
    int Parallelism => 1;

    /// <summary>Claims the next document and works on it to its end.</summary>
    /// <returns>False when none was due.</returns>
    Task<bool> RunNextAsync(CancellationToken cancellationToken);
}
