using Hangfire;

namespace MovieLms.Application.Imports;

/// <summary>
/// The job that says that an import waits. Hangfire stores this type's and method's names: they are a contract between
/// releases. It carries no id: whose the import is, the lease in MongoDB decides.
/// </summary>
public interface IImportWakeUp
{
    /// <summary>Makes this worker look for imports now; does not wait for them.</summary>
    [AutomaticRetry(Attempts = 0, OnAttemptsExceeded = AttemptsExceededAction.Delete)]
    [JobDisplayName("Look for imports")]
    void WakeUp();
}
