using MovieLms.Application.Access;
using MovieLms.Data.Assignments;
using MovieLms.Data.Courses;
using MovieLms.Data.Identity;
using MovieLms.Data.Imports;

namespace MovieLms.Worker.Imports;

/// <summary>
/// Checks that the uploader still has the permissions that the import needs. Since the upload, the user may have been archived or
/// demoted, or the course may have changed its owner.
/// </summary>
internal sealed class ImportAccess(UserStore users, CourseStore courses, AssignmentStore assignments)
{
    /// <summary>Returns the reason why the import must not run; null if it may.</summary>
    internal async Task<string?> GetRejectionReasonAsync(ImportDocument import, CancellationToken cancellationToken)
    {
        if (import.OwnerId == ImportDocument.SystemOwner)
            return null;
        if (await users.FindAsync(import.OwnerId, cancellationToken) is not { ArchivedAt: null } user)
            return "The account that uploaded the file is archived.";
        if (!Permissions.IsGranted(user.Role, PermissionFor(import.Kind)))
            return "The account that uploaded the file may no longer import rows of this kind.";
        var course = import.Kind switch
        {
            ImportKind.Enrollments => import.SubjectId,
            ImportKind.Grades when import.SubjectId is { } id => (await assignments.GetAsync(id, cancellationToken))?.CourseId,
            _ => null,
        };
        var access = CourseAccess.Create(
            user.Id,
            Permissions.IsGranted(user.Role, Permissions.CoursesWrite),
            Permissions.IsGranted(user.Role, Permissions.CoursesManageAll)
        );
        // A deleted course or assignment is reported for each row.
        return course is { } courseId && await courses.GetAsync(courseId, cancellationToken) is { } current && !access.Manages(current)
            ? "The account that uploaded the file no longer manages the course."
            : null;
    }

    private static string PermissionFor(ImportKind kind) =>
        kind switch
        {
            ImportKind.Movies => Permissions.CatalogWrite,
            ImportKind.Todos => Permissions.SignedIn,
            _ => Permissions.CoursesWrite,
        };
}
