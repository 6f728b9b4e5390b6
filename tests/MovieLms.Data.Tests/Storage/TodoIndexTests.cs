using MongoDB.Bson;
using MovieLms.Data.Paging;
using MovieLms.Data.Todos;
using MovieLms.Testing;

namespace MovieLms.Data.Tests.Storage;

/// <summary>The queries of to-dos, each served by the index declared for it.</summary>
public sealed class TodoIndexTests(TodoIndexTests.Filled filled) : IClassFixture<TodoIndexTests.Filled>
{
    private static readonly DateTimeOffset Start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public sealed class Filled : IAsyncLifetime
    {
        public DataFixture Data { get; } = new();

        public ObjectId Owner { get; } = ObjectId.GenerateNewId();

        public async ValueTask InitializeAsync()
        {
            await Data.InitializeAsync();
            var todos = Enumerable
                .Range(0, 900)
                .Select(i => new TodoDocument
                {
                    Id = ObjectId.GenerateNewId(),
                    OwnerId = i % 3 == 0 ? Owner : ObjectId.GenerateNewId(),
                    Title = $"To-do {i}",
                    DueDate = i % 4 == 0 ? null : Start.AddDays(i),
                    Priority = (TodoPriority)(i / 3 % 3),
                    Done = i % 2 == 0,
                    ImportId = Owner,
                    ImportRow = i,
                });
            await Data.Get<TodoStore>().AddImportedAsync([.. todos], default);
        }

        public ValueTask DisposeAsync() => Data.DisposeAsync();
    }

    public static TheoryData<string, string, int> Queries() =>
        new()
        {
            { "one", "_id_", 1 },
            { "list createdAt", "ownerId_1__id_-1", 21 },
            { "list -createdAt", "ownerId_1__id_-1", 21 },
            { "list dueDate", "ownerId_dueKey_id", 21 },
            { "list -dueDate", "ownerId_dueKey_id", 21 },
            { "list priority", "ownerId_priorityKey_id", 21 },
            { "list -priority", "ownerId_priorityKey_id", 21 },
            { "list of open ones by dueDate", "ownerId_done_dueKey_id", 21 },
            { "list of a time by dueDate", "ownerId_dueKey_id", 21 },
            { "count open", "ownerId_done_dueKey_id", 150 },
            { "count overdue", "ownerId_done_dueKey_id", 150 },
            { "list by dueDate, next page", "ownerId_dueKey_id", 42 },
        };

    [Theory]
    [MemberData(nameof(Queries))]
    public Task Query_is_served_by_its_index(string query, string index, int most) =>
        QueryPlans.AssertServedAsync(filled.Data, () => RunAsync(query), index, most, query.StartsWith("list", StringComparison.Ordinal));

    private Task RunAsync(string query) =>
        query switch
        {
            "one" => filled.Data.Get<TodoStore>().GetAsync(filled.Owner, ObjectId.GenerateNewId(), default),
            "count open" => filled.Data.Get<TodoLists>().CountOpenAsync(filled.Owner, null, default),
            "count overdue" => filled.Data.Get<TodoLists>().CountOpenAsync(filled.Owner, Start.AddDays(500), default),
            "list of open ones by dueDate" => ListAsync(new TodoFilter(Done: false), "dueDate"),
            "list of a time by dueDate" => ListAsync(new TodoFilter(DueFrom: Start.AddDays(100), DueTo: Start.AddDays(700)), "dueDate"),
            "list by dueDate, next page" => ListAsync(
                new TodoFilter(),
                "dueDate",
                new PageCursor("dueDate", new BsonDateTime(Start.AddDays(300).UtcDateTime), ObjectId.GenerateNewId())
            ),
            _ => ListAsync(new TodoFilter(), query["list ".Length..]),
        };

    private Task ListAsync(TodoFilter filter, string order, PageCursor? cursor = null)
    {
        Assert.True(TodoSort.TryParse(order, out var sort));
        return filled.Data.Get<TodoLists>().ListAsync(filled.Owner, filter, sort, cursor, 20, default);
    }
}
