namespace MovieLms.ServiceDefaults.Access;

/// <summary>The roles a user can have, as they stand in tokens and documents.</summary>
public static class Roles
{
    public const string Student = "student";
    public const string Instructor = "instructor";
    public const string Admin = "admin";

    /// <summary>All of them, weakest first.</summary>
    public static IReadOnlyList<string> All { get; } = [Student, Instructor, Admin];
}
