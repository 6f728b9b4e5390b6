using System.ComponentModel;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using MovieLms.ApiService.Http;
using MovieLms.Data.Todos;

namespace MovieLms.ApiService.Todos;

/// <summary>Restores deleted to-dos until they are removed for good.</summary>
internal static class TodoRestore
{
    internal static void MapTodoRestore(this RouteGroupBuilder todos) =>
        todos
            .MapPost("/{id}/restore", RestoreAsync)
            .ProducesAccessProblems()
            .ProducesProblem(StatusCodes.Status404NotFound)
            .WithName("restoreTodo")
            .WithSummary("Restore a deleted to-do")
            .WithDescription(
                "Possible until deleted data is removed for good, 30 days after the deletion unless the installation configures another "
                    + "period. A to-do that is not deleted is returned unchanged."
            );

    private static async Task<Results<Versioned<TodoResponse>, ProblemHttpResult>> RestoreAsync(
        [Description("The to-do's ID")] string id,
        ClaimsPrincipal caller,
        TodoStore todos,
        CancellationToken cancellationToken
    )
    {
        if (!Problems.TryParseId(id, out var todoId))
            return Problems.NotFound(TodoEndpoints.ResourceName);
        var (status, todo) = await todos.RestoreAsync(caller.GetObjectId(), todoId, cancellationToken);
        return todo is null
            ? Problems.FromStatus(status, TodoEndpoints.ResourceName, string.Empty)
            : new Versioned<TodoResponse>(TodoResponse.From(todo), todo.Version);
    }
}
