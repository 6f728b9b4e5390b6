using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;
using MovieLms.ServiceDefaults.Http;

namespace MovieLms.Web.Assets;

/// <summary>Serves the assets.</summary>
internal static class AssetEndpoint
{
    private const string Forever = "public, max-age=31536000, immutable";

    internal static void MapAssets(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapGet(Asset.Folder + "/{hash}/{name}", Get).WithName("asset");

    private static Results<FileContentHttpResult, NotFound> Get(string hash, string name, HttpContext http)
    {
        if (Asset.Find(name) is not { } file)
            return TypedResults.NotFound();
        var headers = http.Response.Headers;
        // A page of another version may be open while this one is deployed.
        headers.CacheControl = hash == Asset.Hash ? Forever : "no-cache";
        headers.Vary = HeaderNames.AcceptEncoding;
        var isCompressed = http.Request.GetTypedHeaders().AcceptEncoding.Any(coding => coding.Value == "br" && coding.Quality is not 0);
        if (isCompressed)
            headers.ContentEncoding = "br";
        var body = isCompressed ? file.Compressed : file.Content;
        return TypedResults.File(body, file.ContentType, entityTag: new EntityTagHeaderValue(EntityTag.Of(body)));
    }
}
