namespace MovieLms.Web.Layout;

/// <summary>Reads the form that the visitor sent.</summary>
internal static class FormValues
{
    /// <summary>Returns the value of a field; empty if no form was sent.</summary>
    internal static string GetField(this HttpContext http, string name) =>
        HttpMethods.IsPost(http.Request.Method) && http.Request.HasFormContentType ? http.Request.Form[name].ToString() : "";

    /// <summary>
    /// Returns whether the visitor sent a form. A form that is not always shown must be rendered for its own request, or it is not found.
    /// </summary>
    internal static bool HasSent(this HttpContext http, string form) => http.GetField("_handler") == form;

    /// <summary>Returns whether a failure can be shown at the form. A visitor who is not signed in is sent to the sign-in page.</summary>
    internal static bool CanShow(Exception exception) =>
        ApiProblem.IsFailure(exception) && exception is not Client.ApiException { StatusCode: StatusCodes.Status401Unauthorized };
}
