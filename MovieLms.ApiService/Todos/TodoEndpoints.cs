using System.ComponentModel;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using MongoDB.Bson;
using MovieLms.ApiService.Exports;
using MovieLms.ApiService.Http;
using MovieLms.Application.Access;
using MovieLms.Application.Caching;
using MovieLms.Data.Paging;
using MovieLms.Data.Storage;
using MovieLms.Data.Todos;
using MovieLms.ServiceDefaults.Access;
using MovieLms.ServiceDefaults.Caching;

namespace MovieLms.ApiService.Todos;

/// <summary>Personal to-dos. Users can access only their own; to all others, including administrators, they do not exist.</summary>
internal static class TodoEndpoints
{
    internal const string ResourceName = "to-do";
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(60);

    internal static void MapTodos(this IEndpointRouteBuilder routes)
    {
        var todos = routes.MapArea("/api/todos", "To-dos").RequirePermission(Permissions.SignedIn);
        todos
            .MapGet("/", ListAsync)
            .SkipValidation()
            .ProducesCached<Page<TodoResponse>>()
            .ProducesAccessProblems()
            .WithExport<TodoResponse>("todos")
            .WithName("listTodos")
            .WithSummary("List the caller's to-dos")
            .WithDescription(
                "Filtered and sorted, one page at a time; with `deleted=true` those that can be restored. Cached for 60 s, or until one "
                    + "of them changes."
            );
        todos
            .MapGet("/{id}", GetAsync)
            .ProducesAccessProblems()
            .ProducesProblem(StatusCodes.Status404NotFound)
            .WithName("getTodo")
            .WithSummary("Get a to-do")
            .WithDescription("Only its owner can read it.");
        todos
            .MapPost("/", CreateAsync)
            .ProducesAccessProblems()
            .WithName("createTodo")
            .WithSummary("Create a to-do")
            .WithDescription("The priority is `medium` unless the body has another.");
        todos
            .MapPut("/{id}", ReplaceAsync)
            .ProducesWriteProblems()
            .WithName("replaceTodo")
            .WithSummary("Replace a to-do")
            .WithDescription("Members that the body omits get their defaults.");
        todos
            .MapPatch("/{id}", PatchAsync)
            .ProducesWriteProblems()
            .WithName("changeTodo")
            .WithSummary("Change a to-do")
            .WithDescription(
                "A JSON merge patch (RFC 7396): omitted members stay, and null removes the description or the due date. A change of "
                    + "nothing keeps the version."
            );
        todos
            .MapDelete("/{id}", DeleteAsync)
            .ProducesWriteProblems()
            .WithName("deleteTodo")
            .WithSummary("Delete a to-do")
            .WithDescription("Only its owner can delete it. `POST /api/todos/{id}/restore` undoes it.");
        todos.MapTodoRestore();
    }

    private static async ValueTask<IResult> ListAsync(
        [AsParameters] TodoQuery query,
        [AsParameters] PageQuery page,
        ClaimsPrincipal caller,
        TodoLists todos,
        JsonCache cache,
        CancellationToken cancellationToken
    )
    {
        var (filter, sort, size) = (query.ToFilter(), query.ToSort(), page.GetSize());
        var position = page.GetPosition(sort.Name, sort.Accepts);
        var owner = caller.Id();
        // Not cached: free text is rarely requested twice.
        if (page.IsExport || filter.Search is not null)
            return TypedResults.Ok(await ReadAsync(cancellationToken));
        return await cache.GetOrCreateAsync(
            CacheKeys.TodoList(
                owner,
                filter.Done,
                filter.Priority,
                filter.DueFrom,
                filter.DueTo,
                sort.Name,
                size,
                page.Cursor,
                filter.Deleted ? "deleted" : null
            ),
            [CacheKeys.TodosTag(owner)],
            MaxAge,
            ReadAsync,
            cancellationToken,
            isPrivate: true
        );

        async Task<Page<TodoResponse>> ReadAsync(CancellationToken token) =>
            (await todos.ListAsync(ObjectId.Parse(owner), filter, sort, position, size, token)).Select(TodoResponse.From);
    }

    private static async Task<Results<Versioned<TodoResponse>, ProblemHttpResult>> GetAsync(
        [Description("The to-do's ID")] string id,
        ClaimsPrincipal caller,
        TodoStore todos,
        CancellationToken cancellationToken
    )
    {
        if (
            !Problems.TryParseId(id, out var todoId)
            || await todos.GetAsync(caller.GetObjectId(), todoId, cancellationToken) is not { } todo
        )
        {
            return Problems.NotFound(ResourceName);
        }

        return ToResponse(todo);
    }

    private static async Task<CreatedVersioned<TodoResponse>> CreateAsync(
        TodoRequest body,
        HttpContext http,
        TodoStore todos,
        CancellationToken cancellationToken
    )
    {
        var todo = await todos.CreateAsync(http.User.GetObjectId(), body.ToContent(), cancellationToken, http.ReservedId());
        return new CreatedVersioned<TodoResponse>($"/api/todos/{todo.Id}", TodoResponse.From(todo), todo.Version);
    }

    private static Task<Results<Versioned<TodoResponse>, ProblemHttpResult>> ReplaceAsync(
        [Description("The to-do's ID")] string id,
        TodoRequest body,
        [FromHeader(Name = "If-Match"), Description("Replace only this version, an `ETag` of an earlier response.")] string? ifMatch,
        ClaimsPrincipal caller,
        TodoStore todos,
        CancellationToken cancellationToken
    ) => ChangeAsync(id, _ => body.ToContent(), ifMatch, caller, todos, cancellationToken);

    private static Task<Results<Versioned<TodoResponse>, ProblemHttpResult>> PatchAsync(
        [Description("The to-do's ID")] string id,
        TodoPatch body,
        [FromHeader(Name = "If-Match"), Description("Change only this version, an `ETag` of an earlier response.")] string? ifMatch,
        ClaimsPrincipal caller,
        TodoStore todos,
        CancellationToken cancellationToken
    ) => ChangeAsync(id, body.Apply, ifMatch, caller, todos, cancellationToken);

    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(
        [Description("The to-do's ID")] string id,
        [FromHeader(Name = "If-Match"), Description("Delete only this version, an `ETag` of an earlier response.")] string? ifMatch,
        ClaimsPrincipal caller,
        TodoStore todos,
        CancellationToken cancellationToken
    )
    {
        if (!Problems.TryParseId(id, out var todoId))
            return Problems.NotFound(ResourceName);
        var status = await todos.DeleteAsync(caller.GetObjectId(), todoId, ETags.Versions(ifMatch), cancellationToken);
        if (status != WriteStatus.Done)
            return Problems.FromStatus(status, ResourceName, string.Empty);
        return TypedResults.NoContent();
    }

    private static async Task<Results<Versioned<TodoResponse>, ProblemHttpResult>> ChangeAsync(
        string id,
        Func<TodoContent, TodoContent> change,
        string? ifMatch,
        ClaimsPrincipal caller,
        TodoStore todos,
        CancellationToken cancellationToken
    )
    {
        if (!Problems.TryParseId(id, out var todoId))
            return Problems.NotFound(ResourceName);
        var (status, todo) = await todos.ChangeAsync(caller.GetObjectId(), todoId, change, ETags.Versions(ifMatch), cancellationToken);
        if (todo is null)
            return Problems.FromStatus(status, ResourceName, string.Empty);
        return ToResponse(todo);
    }

    private static Versioned<TodoResponse> ToResponse(TodoDocument todo) => new(TodoResponse.From(todo), todo.Version);
}
