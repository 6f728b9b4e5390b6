using System.ComponentModel;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.OpenApi;
using MongoDB.Bson;
using MovieLms.ApiService.Http;
using MovieLms.Application.Access;
using MovieLms.Data.Images;
using MovieLms.Data.Movies;
using MovieLms.Reports.Images;
using MovieLms.ServiceDefaults.Hardening;
using MovieLms.ServiceDefaults.Http;

namespace MovieLms.ApiService.Images;

/// <summary>The avatars of users and the posters of movies.</summary>
internal static class ImageEndpoints
{
    private const int AvatarSize = 256;
    private const int PosterWidth = 600;
    private const int PosterHeight = 900;
    private const string Jpeg = "image/jpeg";

    internal static void MapImages(this IEndpointRouteBuilder routes)
    {
        var avatar = routes.MapArea("/api/users/{id}/avatar", "Users").RequirePermission(Permissions.SignedIn);
        avatar
            .MapGet("/", GetAvatarAsync)
            .ReturnsImage()
            .WithName("getAvatar")
            .WithSummary("Get a user's avatar")
            .WithDescription("A JPEG image of 256 × 256 pixels.")
            .ProducesAccessProblems();
        avatar
            .MapPut("/", PutAvatarAsync)
            .AcceptsImage()
            .WithName("setAvatar")
            .WithSummary("Replace the caller's avatar")
            .WithDescription(
                "The middle of the image becomes a square of 256 × 256 pixels, without metadata. Users can change only their own."
            )
            .ProducesAccessProblems();
        avatar
            .MapDelete("/", DeleteAvatarAsync)
            .WithName("deleteAvatar")
            .WithSummary("Delete an avatar")
            .WithDescription("Users can delete only their own, and administrators that of any user.")
            .ProducesAccessProblems()
            .ProducesProblem(StatusCodes.Status404NotFound);
        var poster = routes.MapArea("/api/movies/{id}/poster", "Movies");
        poster
            .MapGet("/", GetPosterAsync)
            .AllowAnonymous()
            .ReturnsImage()
            .WithName("getPoster")
            .WithSummary("Get a movie's poster")
            .WithDescription("A JPEG image of at most 600 × 900 pixels.");
        poster
            .MapPut("/", PutPosterAsync)
            .RequirePermission(Permissions.CatalogWrite)
            .AcceptsImage()
            .WithName("setPoster")
            .WithSummary("Replace a movie's poster")
            .WithDescription("The image is scaled down to at most 600 × 900 pixels and loses its metadata.")
            .ProducesAccessProblems()
            .ProducesProblem(StatusCodes.Status404NotFound);
        poster
            .MapDelete("/", DeletePosterAsync)
            .RequirePermission(Permissions.CatalogWrite)
            .WithName("deletePoster")
            .WithSummary("Delete a movie's poster")
            .WithDescription("The movie stays.")
            .ProducesAccessProblems()
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static Task<Results<FileStreamHttpResult, EmptyHttpResult, ProblemHttpResult>> GetAvatarAsync(
        [Description("The user's ID")] string id,
        ImageStore images,
        HttpContext http,
        CancellationToken cancellationToken
    ) =>
        Problems.TryParseId(id, out var userId)
            ? SendAsync(ImageOwner.User(userId), "avatar", "private, no-cache", images, http, cancellationToken)
            : Task.FromResult<Results<FileStreamHttpResult, EmptyHttpResult, ProblemHttpResult>>(Problems.NotFound("avatar"));

    private static async Task<Results<NoContent, ProblemHttpResult>> PutAvatarAsync(
        [Description("The caller's ID")] string id,
        ClaimsPrincipal caller,
        ImageStore images,
        ImageGate gate,
        HttpContext http,
        CancellationToken cancellationToken
    )
    {
        if (!Problems.TryParseId(id, out var userId) || userId != caller.GetObjectId())
            return NotOwn();
        var image = await ImageIntake.ReadAsync(http.Request, gate, file => ImageResizer.Crop(file, AvatarSize), cancellationToken);
        await images.PutAsync(ImageOwner.User(userId), image, CancellationToken.None);
        return TypedResults.NoContent();
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteAvatarAsync(
        [Description("The user's ID")] string id,
        ClaimsPrincipal caller,
        ImageStore images,
        CancellationToken cancellationToken
    )
    {
        if (!Problems.TryParseId(id, out var userId))
            return Problems.NotFound("avatar");
        if (userId != caller.GetObjectId() && !caller.Can(Permissions.UsersManage))
            return NotOwn();
        return await images.DeleteAsync(ImageOwner.User(userId), cancellationToken)
            ? TypedResults.NoContent()
            : Problems.NotFound("avatar");
    }

    private static Task<Results<FileStreamHttpResult, EmptyHttpResult, ProblemHttpResult>> GetPosterAsync(
        [Description("The movie's ID")] string id,
        ImageStore images,
        HttpContext http,
        CancellationToken cancellationToken
    ) =>
        Problems.TryParseId(id, out var movieId)
            ? SendAsync(ImageOwner.Movie(movieId), "poster", "public, max-age=60", images, http, cancellationToken)
            : Task.FromResult<Results<FileStreamHttpResult, EmptyHttpResult, ProblemHttpResult>>(Problems.NotFound("poster"));

    private static async Task<Results<NoContent, ProblemHttpResult>> PutPosterAsync(
        [Description("The movie's ID")] string id,
        ImageStore images,
        MovieStore movies,
        ImageGate gate,
        HttpContext http,
        CancellationToken cancellationToken
    )
    {
        if (!Problems.TryParseId(id, out var movieId) || !await movies.ExistsAsync(movieId, cancellationToken))
            return Problems.NotFound("movie");
        var image = await ImageIntake.ReadAsync(
            http.Request,
            gate,
            file => ImageResizer.Fit(file, PosterWidth, PosterHeight),
            cancellationToken
        );
        await images.PutAsync(ImageOwner.Movie(movieId), image, CancellationToken.None);
        await RecordPosterAsync(movieId, images, movies);
        return TypedResults.NoContent();
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> DeletePosterAsync(
        [Description("The movie's ID")] string id,
        ImageStore images,
        MovieStore movies,
        CancellationToken cancellationToken
    )
    {
        if (!Problems.TryParseId(id, out var movieId))
            return Problems.NotFound("poster");
        var isDeleted = await images.DeleteAsync(ImageOwner.Movie(movieId), cancellationToken);
        // Also without a poster: an earlier request may have been interrupted here.
        await RecordPosterAsync(movieId, images, movies);
        return isDeleted ? TypedResults.NoContent() : Problems.NotFound("poster");
    }

    /// <summary>Records in the movie whether it has a poster. The image is the truth, and a repeated request corrects the movie.</summary>
    private static async Task RecordPosterAsync(ObjectId movieId, ImageStore images, MovieStore movies)
    {
        var image = await images.FindAsync(ImageOwner.Movie(movieId), CancellationToken.None);
        await movies.SetHasPosterAsync(movieId, image is not null, CancellationToken.None);
    }

    private static async Task<Results<FileStreamHttpResult, EmptyHttpResult, ProblemHttpResult>> SendAsync(
        ImageOwner owner,
        string name,
        string caching,
        ImageStore images,
        HttpContext http,
        CancellationToken cancellationToken
    )
    {
        if (await images.FindAsync(owner, cancellationToken) is not { } image)
            return Problems.NotFound(name);
        // Every upload stores a new file, so its ID tells the images apart, even after a deletion.
        var etag = EntityTag.Of(image.FileId.ToByteArray());
        http.Response.Headers.ETag = etag;
        http.Response.Headers.CacheControl = caching;
        // An image never runs as a page of this site, even if a browser opens it directly.
        http.Response.Headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
        http.Response.Headers.XContentTypeOptions = "nosniff";
        if (EntityTag.IsListed(http.Request.Headers.IfNoneMatch, etag))
        {
            http.Response.StatusCode = StatusCodes.Status304NotModified;
            return TypedResults.Empty;
        }
        if (await images.OpenAsync(image, cancellationToken) is { } content)
            return TypedResults.Stream(content, Jpeg);
        // It was replaced or removed in the meantime. Nobody may cache that.
        http.Response.Headers.ETag = default;
        http.Response.Headers.CacheControl = "no-store";
        return Problems.NotFound(name);
    }

    private static ProblemHttpResult NotOwn() =>
        TypedResults.Problem(
            statusCode: StatusCodes.Status403Forbidden,
            title: "Forbidden",
            detail: "You can change only your own avatar."
        );

    private static RouteHandlerBuilder ReturnsImage(this RouteHandlerBuilder endpoint) =>
        endpoint
            .Produces(StatusCodes.Status200OK, contentType: Jpeg)
            .WithMetadata(new ResponseHeader(StatusCodes.Status200OK, "ETag"))
            .WithMetadata(new RequestHeader("If-None-Match"))
            .Produces(StatusCodes.Status304NotModified)
            .ProducesProblem(StatusCodes.Status404NotFound);

    /// <summary>Declares the body for OpenAPI, because the handler reads it itself.</summary>
    private static RouteHandlerBuilder AcceptsImage(this RouteHandlerBuilder endpoint) =>
        endpoint
            .WithMaxBodySize(BodyLimits.Image)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
            .AddOpenApiOperationTransformer(
                (operation, _, _) =>
                {
                    operation.RequestBody = new OpenApiRequestBody
                    {
                        Required = true,
                        Description =
                            "A JPEG image of at most 5 MB and 40 megapixels, or a PNG or WebP image of at most 5 MB and 16 megapixels.",
                        Content = ImageIntake.ContentTypes.ToDictionary(
                            type => type,
                            _ => new OpenApiMediaType
                            {
                                Schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" },
                            }
                        ),
                    };
                    return Task.CompletedTask;
                }
            );
}
