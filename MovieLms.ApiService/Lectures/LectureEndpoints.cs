using System.ComponentModel;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using MongoDB.Bson;
using MovieLms.ApiService.Courses;
using MovieLms.ApiService.Exports;
using MovieLms.ApiService.Http;
using MovieLms.Application.Access;
using MovieLms.Application.Cascades;
using MovieLms.Data.Courses;
using MovieLms.Data.Lectures;
using MovieLms.Data.Movies;
using MovieLms.Data.Paging;
using MovieLms.Data.Storage;
using MovieLms.ServiceDefaults.Errors;

namespace MovieLms.ApiService.Lectures;

/// <summary>The lectures of a course, in their order. Users who can read the course can read them; its managers can change them.</summary>
internal static class LectureEndpoints
{
    private const string ResourceName = "lecture";
    private const string Duplicate = "The lecture already exists.";

    internal static void MapLectures(this IEndpointRouteBuilder routes)
    {
        var lectures = routes.MapArea("/api/courses/{id}/lectures", "Lectures");
        lectures
            .MapGet("/", ListAsync)
            .RequirePermission(Permissions.SignedIn)
            .WithName("listLectures")
            .WithExport<LectureResponse>("lectures")
            .WithSummary("List lectures of a course")
            .WithDescription("In the order of the course.")
            .ProducesAccessProblems()
            .ProducesProblem(StatusCodes.Status404NotFound);
        lectures
            .MapGet("/{lectureId}", GetAsync)
            .RequirePermission(Permissions.SignedIn)
            .WithName("getLecture")
            .WithSummary("Get a lecture")
            .WithDescription("Includes the movie that the lecture is about, if it names one.")
            .ProducesAccessProblems()
            .ProducesProblem(StatusCodes.Status404NotFound);
        lectures
            .MapPost("/", CreateAsync)
            .RequirePermission(Permissions.CoursesWrite)
            .ForbidsNonManagers()
            .WithName("createLecture")
            .WithSummary("Create a lecture")
            .WithDescription("Added after the last lecture of the course. It may name a movie of the catalog.")
            .ProducesAccessProblems()
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);
        lectures
            .MapPut("/order", ReorderAsync)
            .RequirePermission(Permissions.CoursesWrite)
            .ForbidsNonManagers()
            .WithName("reorderLectures")
            .WithSummary("Reorder the lectures of a course")
            .WithDescription("`ids` must contain every lecture of the course exactly once; 409 if one was added or deleted meanwhile.")
            .ProducesAccessProblems()
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);
        lectures
            .MapPut("/{lectureId}", ReplaceAsync)
            .RequirePermission(Permissions.CoursesWrite)
            .ForbidsNonManagers()
            .WithName("replaceLecture")
            .WithSummary("Replace a lecture")
            .WithDescription("Members that the body omits are removed. Its position and its attendance stay.")
            .ProducesWriteProblems()
            .ProducesProblem(StatusCodes.Status409Conflict);
        lectures
            .MapDelete("/{lectureId}", DeleteAsync)
            .RequirePermission(Permissions.CoursesWrite)
            .ForbidsNonManagers()
            .WithName("deleteLecture")
            .WithSummary("Delete a lecture")
            .WithDescription("Deletes the attendance of the lecture too.")
            .ProducesWriteProblems()
            .ProducesProblem(StatusCodes.Status409Conflict);
        lectures.MapAttendance();
    }

    private static async Task<Results<Ok<Page<LectureResponse>>, ProblemHttpResult>> ListAsync(
        [Description("The course's ID")] string id,
        [AsParameters] PageQuery page,
        ClaimsPrincipal caller,
        CourseStore courses,
        LectureLists lectures,
        CancellationToken cancellationToken
    )
    {
        var position = page.GetPosition(LectureLists.Sort, key => key is { IsInt32: true, AsInt32: >= 0 and < LectureLimits.MaxPerCourse });
        var size = page.GetSize();
        if (
            !Problems.TryParseId(id, out var courseId)
            || await courses.GetVisibleAsync(courseId, caller.CourseAccess(), cancellationToken) is not { } course
        )
        {
            return Problems.NotFound("course");
        }

        var found = await lectures.ListAsync(course, position, size, cancellationToken);
        return TypedResults.Ok(found.Select(LectureResponse.From));
    }

    private static async Task<Results<Versioned<LectureResponse>, ProblemHttpResult>> GetAsync(
        [Description("The course's ID")] string id,
        [Description("The lecture's ID")] string lectureId,
        ClaimsPrincipal caller,
        CourseStore courses,
        LectureLists lectures,
        CancellationToken cancellationToken
    )
    {
        if (
            !TryIds(id, lectureId, out var courseId, out var lecture)
            || await courses.GetVisibleAsync(courseId, caller.CourseAccess(), cancellationToken) is null
        )
        {
            return Problems.NotFound(ResourceName);
        }

        return await GetResponseAsync(courseId, lecture, lectures, cancellationToken);
    }

    private static async Task<Results<CreatedVersioned<LectureResponse>, ProblemHttpResult>> CreateAsync(
        [Description("The course's ID")] string id,
        LectureRequest body,
        HttpContext http,
        LectureStore store,
        LectureLists lectures,
        MovieStore movies,
        CancellationToken cancellationToken
    )
    {
        if (!Problems.TryParseId(id, out var courseId))
            return Problems.NotFound("course");
        var details = body.ToDetails(await GetMovieIdAsync(body, movies, cancellationToken));
        var access = http.User.CourseAccess();
        var (status, lecture) = await store.CreateAsync(courseId, access, details, cancellationToken, http.ReservedId());
        if (lecture is null)
            return status == WriteStatus.NotFound ? Problems.NotFound("course") : Problems.FromStatus(status, ResourceName, Duplicate);
        return await lectures.GetAsync(courseId, lecture.Id, cancellationToken) is { } view
            ? new CreatedVersioned<LectureResponse>(
                $"/api/courses/{courseId}/lectures/{lecture.Id}",
                LectureResponse.From(view),
                lecture.Version
            )
            : Problems.NotFound(ResourceName);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> ReorderAsync(
        [Description("The course's ID")] string id,
        LectureOrderRequest body,
        ClaimsPrincipal caller,
        LectureStore store,
        CancellationToken cancellationToken
    )
    {
        if (!Problems.TryParseId(id, out var courseId))
            return Problems.NotFound("course");
        var ids = body
            .Ids.Select(text =>
                ObjectId.TryParse(text, out var lecture)
                    ? lecture
                    : throw new InvalidInputException("ids", "Each ID must have 24 hexadecimal digits.")
            )
            .ToList();
        if (ids.Distinct().Count() != ids.Count)
            throw new InvalidInputException("ids", "The list must contain every lecture exactly once.");
        return await store.ReorderAsync(courseId, caller.CourseAccess(), ids, cancellationToken) switch
        {
            WriteStatus.Done => TypedResults.NoContent(),
            WriteStatus.Stale => Problems.Conflict(
                "The list must contain every lecture of the course. One may have been added or deleted: read the lectures again."
            ),
            var status => Problems.FromStatus(status, "course", Duplicate),
        };
    }

    private static async Task<Results<Versioned<LectureResponse>, ProblemHttpResult>> ReplaceAsync(
        [Description("The course's ID")] string id,
        [Description("The lecture's ID")] string lectureId,
        LectureRequest body,
        [FromHeader(Name = "If-Match"), Description("Replace only this version, an `ETag` of an earlier response.")] string? ifMatch,
        ClaimsPrincipal caller,
        LectureStore store,
        LectureLists lectures,
        MovieStore movies,
        CancellationToken cancellationToken
    )
    {
        if (!TryIds(id, lectureId, out var courseId, out var lecture))
            return Problems.NotFound(ResourceName);
        var details = body.ToDetails(await GetMovieIdAsync(body, movies, cancellationToken));
        var (status, written) = await store.ReplaceAsync(
            courseId,
            lecture,
            caller.CourseAccess(),
            details,
            ETags.Versions(ifMatch),
            cancellationToken
        );
        return written is null
            ? Problems.FromStatus(status, ResourceName, Duplicate)
            : await GetResponseAsync(courseId, lecture, lectures, cancellationToken);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(
        [Description("The course's ID")] string id,
        [Description("The lecture's ID")] string lectureId,
        [FromHeader(Name = "If-Match"), Description("Delete only this version, an `ETag` of an earlier response.")] string? ifMatch,
        ClaimsPrincipal caller,
        LectureStore store,
        CascadeOperations cascades,
        CancellationToken cancellationToken
    )
    {
        if (!TryIds(id, lectureId, out var courseId, out var lecture))
            return Problems.NotFound(ResourceName);
        var status = await store.CheckWritableAsync(courseId, caller.CourseAccess(), cancellationToken);
        if (status == WriteStatus.Done && !await store.ExistsAsync(courseId, lecture, cancellationToken))
            status = WriteStatus.NotFound;
        if (status == WriteStatus.Done)
        {
            status = await cascades.DeleteAsync(
                LectureEntity.Name,
                lecture,
                caller.GetObjectId(),
                ETags.Versions(ifMatch),
                cancellationToken
            );
        }

        if (status != WriteStatus.Done)
            return Problems.FromStatus(status, ResourceName, Duplicate);
        await store.RemoveFromOrderAsync(courseId, lecture, CancellationToken.None);
        return TypedResults.NoContent();
    }

    private static async Task<Results<Versioned<LectureResponse>, ProblemHttpResult>> GetResponseAsync(
        ObjectId courseId,
        ObjectId lectureId,
        LectureLists lectures,
        CancellationToken cancellationToken
    ) =>
        await lectures.GetAsync(courseId, lectureId, cancellationToken) is { } view
            ? new Versioned<LectureResponse>(LectureResponse.From(view), view.Lecture.Version)
            : Problems.NotFound(ResourceName);

    /// <summary>Returns the ID of the movie that the body refers to; null if there is none.</summary>
    /// <exception cref="InvalidInputException">The movie does not exist.</exception>
    private static async Task<ObjectId?> GetMovieIdAsync(LectureRequest body, MovieStore movies, CancellationToken cancellationToken)
    {
        if (QueryValues.ParseId("movieId", body.MovieId) is not { } movieId)
            return null;
        return await movies.ExistsAsync(movieId, cancellationToken)
            ? movieId
            : throw new InvalidInputException("movieId", "The movie does not exist.");
    }

    internal static bool TryIds(string id, string lectureId, out ObjectId course, out ObjectId lecture)
    {
        lecture = default;
        return Problems.TryParseId(id, out course) && Problems.TryParseId(lectureId, out lecture);
    }
}
