using System.Collections.Frozen;
using MovieLms.ServiceDefaults.Access;

namespace MovieLms.Application.Access;

/// <summary>
/// The permissions that endpoints require, and the one table of the roles that hold them. A new permission is a constant here and an
/// entry in the table.
/// </summary>
public static class Permissions
{
    /// <summary>Read what every signed-in user may read, and manage one's own things.</summary>
    public const string SignedIn = "signedIn";

    /// <summary>Add, change, delete and import films.</summary>
    public const string CatalogWrite = "catalog.write";

    /// <summary>Bring a deleted film back.</summary>
    public const string CatalogRestore = "catalog.restore";

    /// <summary>Change or remove somebody else's review.</summary>
    public const string ReviewsModerate = "reviews.moderate";

    /// <summary>Enter every course's room, and change or remove other users' messages where they may be seen.</summary>
    public const string ChatModerate = "chat.moderate";

    /// <summary>See other users' imports.</summary>
    public const string ImportsReadAll = "imports.readAll";

    /// <summary>Cancel other users' imports.</summary>
    public const string ImportsCancelAll = "imports.cancelAll";

    /// <summary>Read reports (PDF, CSV) and course analytics.</summary>
    public const string ReportsRead = "reports.read";

    /// <summary>Run ad-hoc pipelines and read orders' analytics.</summary>
    public const string AnalyticsAdmin = "analytics.admin";

    /// <summary>Create and manage courses.</summary>
    public const string CoursesWrite = "courses.write";

    /// <summary>Manage courses of other instructors too.</summary>
    public const string CoursesManageAll = "courses.manageAll";

    /// <summary>See all orders and change their status.</summary>
    public const string OrdersManage = "orders.manage";

    /// <summary>List, invite, archive and restore users and change their roles.</summary>
    public const string UsersManage = "users.manage";

    /// <summary>Read the audit log.</summary>
    public const string AuditRead = "audit.read";

    /// <summary>See the jobs dashboard.</summary>
    public const string JobsManage = "jobs.manage";

    private static readonly FrozenDictionary<string, FrozenSet<string>> ByRole = Table();

    /// <summary>Every permission there is; each is the name of an authorization policy.</summary>
    public static IReadOnlyCollection<string> All => ByRole[Roles.Admin];

    /// <summary>True when <paramref name="role"/> holds <paramref name="permission"/>; an unknown role holds none.</summary>
    public static bool IsGranted(string role, string permission) =>
        ByRole.TryGetValue(role, out var granted) && granted.Contains(permission);

    private static FrozenDictionary<string, FrozenSet<string>> Table()
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
