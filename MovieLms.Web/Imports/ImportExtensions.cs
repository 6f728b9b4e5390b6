namespace MovieLms.Web.Imports;

/// <summary>Adds the pages of imports. Blazor finds those that are components.</summary>
internal static class ImportExtensions
{
    /// <summary>Maps the former address of imports, which is in mails and bookmarks.</summary>
    internal static void MapImportPages(this IEndpointRouteBuilder endpoints) =>
        endpoints
            .MapGet("/movies/import/{id:length(24)}", (string id) => TypedResults.Redirect($"/imports/{id}", permanent: true))
            .WithName("movedImport");
}
