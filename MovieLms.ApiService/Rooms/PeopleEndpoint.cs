using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using MovieLms.ApiService.Courses;
using MovieLms.ApiService.Exports;
using MovieLms.ApiService.Http;
using MovieLms.Application.Live;
using MovieLms.Data.Chat;
using MovieLms.Data.Paging;

namespace MovieLms.ApiService.Rooms;

/// <summary>A user to whom the caller may send direct messages.</summary>
internal sealed record PersonResponse(
    [property: Description("For the hub's `SendDirect`.")] string Id,
    string Name,
    [property: Description("The name of the direct room of the caller and this user.")] string Room
);

/// <summary>The directory for direct messages: people who share a course with the caller.</summary>
internal static class PeopleEndpoint
{
    internal static void MapPeople(this RouteGroupBuilder rooms) =>
        rooms
            .MapGet("/people", ListAsync)
            .WithNoStore()
            .WithExport<PersonResponse>("people")
            .WithName("listPeople")
            .WithSummary("List people to write to")
            .WithDescription(
                "Active users who share a course with the caller: students, instructors, and the students of the caller's own courses. "
                    + "Archived courses do not count. Sorted by registration."
            )
            .ProducesProblem(StatusCodes.Status401Unauthorized);

    private static async Task<Ok<Page<PersonResponse>>> ListAsync(
        [
            FromQuery(Name = "search"),
            StringLength(QueryValues.MaxTextLength),
            Description("Words that must each begin a word of the name; case and accents do not matter.")
        ]
            string? search,
        [AsParameters] PageQuery page,
        ClaimsPrincipal caller,
        PeopleLists people,
        CancellationToken cancellationToken
    )
    {
        var position = page.GetPosition(PeopleLists.Sort, key => key.IsBsonNull);
        var text = QueryValues.ParseText("search", search);
        var found = await people.ListAsync(caller.CourseAccess(), text, position, page.GetSize(), cancellationToken);
        var callerId = caller.GetObjectId().ToString();
        return TypedResults.Ok(
            found.Select(person => new PersonResponse(person.Id.ToString(), person.Name, RoomNames.Direct(callerId, person.Id.ToString())))
        );
    }
}
