namespace MovieLms.Web.Layout;

/// <summary>The address of the sign-in page.</summary>
public static class SignInAddress
{
    private const string Path = "/sign-in";

    /// <summary>Returns the address that leads back to the page of a request. A form that was sent is not sent again.</summary>
    public static string Create(HttpRequest request)
    {
        var here = request.Path + request.QueryString;
        // These pages lead on themselves.
        return here is "/" or "/register" || request.Path.StartsWithSegments(Path)
            ? Path
            : $"{Path}?returnUrl={Uri.EscapeDataString(here)}";
    }
}
