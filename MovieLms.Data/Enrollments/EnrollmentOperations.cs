using MongoDB.Bson;
using MongoDB.Driver;

namespace MovieLms.Data.Enrollments;

/// <summary>
/// The operations that an enrollment records, so that a repeated request recognizes the rows that its first attempt applied. Each is
/// stored by the write that applies it.
/// </summary>
public static class EnrollmentOperations
{
    /// <summary>Maximum number of recorded operations per enrollment; the latest are kept.</summary>
    public const int Max = 10;

    /// <summary>Returns true if the operation was applied to the enrollment, even if it has changed since.</summary>
    internal static bool HasApplied(this EnrollmentDocument enrollment, ObjectId? operation) =>
        operation is { } given && enrollment.Operations.Contains(given);

    /// <summary>Adds the recording of an operation to the write that applies it.</summary>
    internal static UpdateDefinition<EnrollmentDocument> Record(this UpdateDefinition<EnrollmentDocument> update, ObjectId? operation) =>
        operation is { } given ? update.PushEach(enrollment => enrollment.Operations, [given], slice: -Max) : update;
}
