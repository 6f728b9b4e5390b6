namespace MovieLms.ServiceDefaults.Access;

/// <summary>The names of roles, as stored in tokens and documents.</summary>
public static class Roles
{
    public const string Student = "student";
    public const string Instructor = "instructor";
    public const string Admin = "admin";

    /// <summary>All roles, from the fewest to the most permissions.</summary>
    public static IReadOnlyList<string> All { get; } = [Student, Instructor, Admin];
}
