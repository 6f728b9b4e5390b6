using MovieLms.Client;
using MovieLms.Web.Layout;
using MovieLms.Web.Session;

namespace MovieLms.Web.Catalogue;

/// <summary>What the pages for instructors share.</summary>
internal static class EditorPages
{
    /// <summary>The name of the form with the fields of a movie.</summary>
    internal const string FormName = "movie";
    private static readonly Dictionary<string, IEnumerable<string>> NoHeaders = [];

    /// <summary>
    /// Sends visitors who are not signed in to the sign-in page and refuses others before they fill in a form. The API decides again.
    /// </summary>
    /// <exception cref="ApiException">The visitor may not edit movies.</exception>
    internal static void RequireEditor(HttpContext http)
    {
        var visitor = http.Visitor();
        if (visitor.CanEditMovies())
            return;
        var status = visitor is null ? StatusCodes.Status401Unauthorized : StatusCodes.Status403Forbidden;
        throw new ApiException("The page is for instructors.", status, response: null, NoHeaders, innerException: null);
    }

    /// <summary>Returns the genres of all movies; none if they cannot be read.</summary>
    internal static async Task<IReadOnlyList<string>> ReadGenresAsync(ConsoleApi console)
    {
        try
        {
            var genres = await console.Api.ListGenresAsync(cancellationToken: console.Left);
            return [.. genres.Items.Select(genre => genre.Name)];
        }
        catch (Exception e) when (ApiProblem.IsFailure(e))
        {
            return [];
        }
    }

    /// <summary>Returns the fields of a movie that were sent; null if another form was sent, or none.</summary>
    internal static MovieInput? ReadInput(HttpRequest request)
    {
        // The check of the anti-forgery token has read the form.
        if (!request.HasFormContentType || request.Form["_handler"] != FormName)
            return null;
        var form = request.Form;
        return new MovieInput
        {
            Title = form["title"],
            Genre = form["genre"],
            Year = form["year"],
            ReleaseDate = form["releaseDate"],
            Director = form["director"],
            Nationality = form["nationality"],
            RuntimeMinutes = form["runtimeMinutes"],
            Distributor = form["distributor"],
            MpaaRating = form["mpaaRating"],
            GrossUs = form["grossUs"],
            GrossWorldwide = form["grossWorldwide"],
            Budget = form["budget"],
            Version = form["version"],
        };
    }

    internal static NewMovieRequest ToNew(MovieRequest movie) =>
        new()
        {
            Title = movie.Title,
            Genre = movie.Genre,
            Year = movie.Year,
            Director = movie.Director,
            RuntimeMinutes = movie.RuntimeMinutes,
            Distributor = movie.Distributor,
            MpaaRating = movie.MpaaRating,
            Gross = movie.Gross,
            Budget = movie.Budget,
            ReleaseDate = movie.ReleaseDate,
        };
}
