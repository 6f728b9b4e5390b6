using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace MovieLms.ApiService.OpenApi;

/// <summary>Describes the areas of the API. An area without a description fails the generation of the document.</summary>
internal sealed class TagDescriptions : IOpenApiDocumentTransformer
{
    private static readonly Dictionary<string, string> Descriptions = new()
    {
        ["Analytics"] = "Figures about movies, reviews, favorites, courses and orders, with their reports.",
        ["Announcements"] = "Messages from the managers of a course to its students.",
        ["Assignments"] = "Tasks of a course, with optional due dates.",
        ["Audit"] = "The log of sign-ins, denied requests and administrative actions.",
        ["Chat"] = "Rooms and messages of the chat. The hub at `/hubs/chat` sends new messages.",
        ["Courses"] = "Courses, each owned by an instructor.",
        ["Dashboard"] = "The start page of the caller.",
        ["Enrollments"] = "The students of courses, with status and grade.",
        ["Favorites"] = "The favorite movies of the caller.",
        ["Gradebook"] = "Grades, submissions and attendance of the students of a course.",
        ["Identity"] = "Accounts, sign-in, tokens, sessions, passwords and the second step.",
        ["Imports"] = "Bulk uploads, which run in the background, with their progress and results.",
        ["Lectures"] = "The lectures of a course and who attended them.",
        ["Mail"] = "Links in e-mails, and the outbox for administrators.",
        ["Movies"] = "The movie catalog.",
        ["Notifications"] = "Stored notifications of the caller. The hub delivers new ones.",
        ["Orders"] = "Orders of priced courses, with receipts.",
        ["Reviews"] = "Ratings and comments of users about movies.",
        ["Schema"] = "The diagram of the stored entities.",
        ["Students"] = "Users with the role `student`, for instructors and administrators.",
        ["Submissions"] = "Work that students submit for assignments, with grades and history.",
        ["To-dos"] = "The to-do list of the caller.",
        ["Users"] = "Administration of user accounts.",
        ["Version"] = "The running build.",
    };

    public Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        foreach (var tag in document.Tags ?? new HashSet<OpenApiTag>())
            tag.Description = Descriptions[tag.Name!];
        return Task.CompletedTask;
    }
}
