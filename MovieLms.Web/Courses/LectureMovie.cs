using MovieLms.Client;
using MovieLms.Web.Layout;
using MovieLms.Web.Session;

namespace MovieLms.Web.Courses;

/// <summary>Finds the movie that an instructor named in the form of a lecture.</summary>
/// <param name="Id">The ID of the movie; null for none.</param>
/// <param name="Candidates">The movies to choose from, if the words match several.</param>
/// <param name="Errors">Why no movie was found; null if the lecture can be saved.</param>
internal sealed record LectureMovie(string? Id, IReadOnlyList<MovieResponse> Candidates, FormErrors? Errors)
{
    /// <summary>The name of the field.</summary>
    internal const string Field = "movie";

    /// <summary>The name of the choice among <see cref="Candidates"/>.</summary>
    internal const string ChoiceField = "choice";
    private const int MaxCandidates = 8;

    internal static async Task<LectureMovie> FindAsync(ConsoleApi console, LectureInput input, string choice)
    {
        var text = (input.Movie ?? "").Trim();
        if (text.Length == 0)
            return new(null, [], null);
        if (choice.Length > 0)
            return new(choice, [], null);
        if (input.MovieId.Length > 0 && text == input.MovieTitle)
            return new(input.MovieId, [], null);
        var found = (await console.Api.ListMoviesAsync(text, limit: MaxCandidates, cancellationToken: console.Left)).Items;
        var exact = found.Where(movie => string.Equals(movie.Title, text, StringComparison.OrdinalIgnoreCase)).ToList();
        return (exact.Count, found.Count) switch
        {
            (1, _) => new(exact[0].Id, [], null),
            (_, 1) => new(found[0].Id, [], null),
            (_, 0) => new(null, [], FormErrors.Create(Field, "No movie has a title with these words.")),
            _ => new(null, found, FormErrors.Create(Field, "Several movies match. Choose one below.")),
        };
    }
}
