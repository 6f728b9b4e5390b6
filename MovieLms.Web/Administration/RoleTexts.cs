namespace MovieLms.Web.Administration;

/// <summary>The names of roles for people.</summary>
internal static class RoleTexts
{
    internal static string Of(string role) =>
        role switch
        {
            "admin" => "Administrator",
            "instructor" => "Instructor",
            "student" => "Student",
            _ => role,
        };
}
