using System.Collections.Frozen;
using MovieLms.ServiceDefaults.Access;

namespace MovieLms.Application.Access;

/// <summary>
/// The permissions that endpoints require, and the table of the roles that grant them. To add a permission, add a constant and an entry
/// in the table.
/// </summary>
public static class Permissions
{
    /// <summary>Read what every signed-in user may read, and manage the caller's own data.</summary>
    public const string SignedIn = "signedIn";

    /// <summary>Create, update, delete and import movies.</summary>
    public const string CatalogWrite = "catalog.write";

    /// <summary>Restore deleted movies.</summary>
    public const string CatalogRestore = "catalog.restore";

    /// <summary>Edit or delete other users' reviews.</summary>
    public const string ReviewsModerate = "reviews.moderate";

    /// <summary>Join every course's room, and edit or delete other users' messages in the rooms that the caller may read.</summary>
    public const string ChatModerate = "chat.moderate";

    /// <summary>Read other users' imports.</summary>
    public const string ImportsReadAll = "imports.readAll";

    /// <summary>Cancel other users' imports.</summary>
    public const string ImportsCancelAll = "imports.cancelAll";

    /// <summary>Read reports (PDF, CSV) and course analytics.</summary>
    public const string ReportsRead = "reports.read";

    /// <summary>Run ad-hoc pipelines and read order analytics.</summary>
    public const string AnalyticsAdmin = "analytics.admin";

    /// <summary>Create and manage courses.</summary>
    public const string CoursesWrite = "courses.write";

    /// <summary>Manage other instructors' courses.</summary>
    public const string CoursesManageAll = "courses.manageAll";

    /// <summary>Read all orders and change their status.</summary>
    public const string OrdersManage = "orders.manage";

    /// <summary>List, invite, archive and restore users and change their roles.</summary>
    public const string UsersManage = "users.manage";

    /// <summary>Read the audit log.</summary>
    public const string AuditRead = "audit.read";

    /// <summary>Read the outbox and retry failed mail.</summary>
    public const string MailManage = "mail.manage";

    /// <summary>Use the jobs dashboard.</summary>
    public const string JobsManage = "jobs.manage";

    private static readonly FrozenDictionary<string, FrozenSet<string>> ByRole = CreateTable();

    /// <summary>All permissions. Each is also the name of an authorization policy.</summary>
    public static IReadOnlyCollection<string> All => ByRole[Roles.Admin];

    /// <summary>Returns whether <paramref name="role"/> grants <paramref name="permission"/>. An unknown role grants none.</summary>
    public static bool IsGranted(string role, string permission) =>
        ByRole.TryGetValue(role, out var granted) && granted.Contains(permission);

    private static FrozenDictionary<string, FrozenSet<string>> CreateTable()
    {
        string[] student = [SignedIn];
        string[] instructor = [.. student, CatalogWrite, ReportsRead, CoursesWrite];
        string[] admin =
        [
            .. instructor,
            CatalogRestore,
            ReviewsModerate,
            ChatModerate,
            ImportsReadAll,
            ImportsCancelAll,
            AnalyticsAdmin,
            CoursesManageAll,
            OrdersManage,
            UsersManage,
            AuditRead,
            MailManage,
            JobsManage,
        ];
        return new Dictionary<string, string[]>
        {
            [Roles.Student] = student,
            [Roles.Instructor] = instructor,
            [Roles.Admin] = admin,
        }.ToFrozenDictionary(pair => pair.Key, pair => pair.Value.ToFrozenSet());
    }
}
