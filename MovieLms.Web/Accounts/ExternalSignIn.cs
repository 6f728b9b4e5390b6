using MovieLms.Client;
using MovieLms.Web.Session;

namespace MovieLms.Web.Accounts;

/// <summary>Exchanges the code with which a provider's sign-in ends.</summary>
internal static class ExternalSignIn
{
    /// <summary>
    /// Returns the result of the sign-in. The API binds the code to the browser by a cookie, so the browser's cookies are passed on,
    /// without that of the session.
    /// </summary>
    internal static async Task<LoginResponse> ExchangeAsync(ConsoleApi console, HttpContext http, string code)
    {
        var cookies = http.Request.Cookies.Where(cookie => cookie.Key.EndsWith("movielms-sign-in", StringComparison.Ordinal));
        console.Http.DefaultRequestHeaders.Remove("Cookie");
        console.Http.DefaultRequestHeaders.TryAddWithoutValidation(
            "Cookie",
            string.Join("; ", cookies.Select(cookie => $"{cookie.Key}={cookie.Value}"))
        );
        try
        {
            return await console.Api.ExchangeAsync(new ExchangeRequest { Code = code }, console.Left);
        }
        finally
        {
            console.Http.DefaultRequestHeaders.Remove("Cookie");
        }
    }

    /// <summary>Describes the error that a provider's sign-in ended with.</summary>
    internal static string Describe(string error) =>
        error switch
        {
            "access_denied" => "You did not allow the sign-in at the provider.",
            "unverified_email" => "The provider has not verified your e-mail address. Verify it there, or sign in with your password.",
            "email_not_verified_here" =>
                "An account has this e-mail address, but never verified it. Sign in with its password and verify the address first.",
            "account_closed" => "This account is closed.",
            "provider_failed" => "The provider did not complete the sign-in. Try again.",
            _ => "The sign-in could not be completed. Try again, or sign in with your password.",
        };
}
