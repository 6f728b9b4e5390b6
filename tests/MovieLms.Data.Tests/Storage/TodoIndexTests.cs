using MongoDB.Bson;
using MovieLms.Data.Paging;
using MovieLms.Data.Todos;
using MovieLms.Testing;

namespace MovieLms.Data.Tests.Storage;

/// <summary>Each query of to-dos uses the index declared for it.</summary>
public sealed class TodoIndexTests(TodoIndexTests.SeededData seeded) : IClassFixture<TodoIndexTests.SeededData>
{
    private static readonly DateTimeOffset Start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public sealed class SeededData : IAsyncLifetime
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
            { "list open by dueDate", "ownerId_done_dueKey_id", 21 },
            { "list due range by dueDate", "ownerId_dueKey_id", 21 },
            { "list deleted", "ownerId_id_deleted", 21 },
            { "search", "ownerId_done_dueKey_id", 150 },
            { "count open", "ownerId_done_dueKey_id", 150 },
            { "count overdue", "ownerId_done_dueKey_id", 150 },
            { "list by dueDate, next page", "ownerId_dueKey_id", 42 },
        };

    [Theory]
    [MemberData(nameof(Queries))]
    public Task Query_uses_its_index(string query, string index, int maxDocs) =>
        QueryPlans.AssertServedAsync(
            seeded.Data,
            () => RunAsync(query),
            index,
            maxDocs,
            query.StartsWith("list", StringComparison.Ordinal)
        );

    private Task RunAsync(string query) =>
        query switch
        {
            "one" => seeded.Data.Get<TodoStore>().GetAsync(seeded.Owner, ObjectId.GenerateNewId(), default),
            "count open" => seeded.Data.Get<TodoLists>().CountOpenAsync(seeded.Owner, null, default),
            "count overdue" => seeded.Data.Get<TodoLists>().CountOpenAsync(seeded.Owner, Start.AddDays(500), default),
            "list open by dueDate" => ListAsync(new TodoFilter(Done: false), "dueDate"),
            "search" => ListAsync(new TodoFilter(Done: false, Search: "do 17"), "dueDate"),
            "list deleted" => ListAsync(new TodoFilter(Deleted: true), "-createdAt"),
            "list due range by dueDate" => ListAsync(new TodoFilter(DueFrom: Start.AddDays(100), DueTo: Start.AddDays(700)), "dueDate"),
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
        return seeded.Data.Get<TodoLists>().ListAsync(seeded.Owner, filter, sort, cursor, 20, default);
    }
}
