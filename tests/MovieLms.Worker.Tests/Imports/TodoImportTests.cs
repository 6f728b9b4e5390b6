using System.Text;
using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Imports;
using MovieLms.Data.Todos;

namespace MovieLms.Worker.Tests.Imports;

public sealed class TodoImportTests : IAsyncLifetime
{
    private ImportFixture _fixture = null!;

    public async ValueTask InitializeAsync() => _fixture = await ImportFixture.StartAsync();

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task Rows_become_the_uploaders_todos()
    {
        var owner = ObjectId.GenerateNewId();
        var import = await RunAsync(
            "DONE;Priority;due date;Title;Description\n"
                + "yes;HIGH;2026-12-24T18:00:00+01:00;Buy film;\"two lines\nof text\"\n"
                + ";;;كتابة السيناريو 🎬;\n"
                + "maybe;urgent;24.12.;;x\n",
            owner
        );
        Assert.Equal((ImportState.Completed, 3, 2, 1), (import.State, import.Total, import.Succeeded, import.Failed));

        var todos = await Todos().Find(todo => todo.OwnerId == owner).SortBy(todo => todo.ImportRow).ToListAsync();
        Assert.Equal(2, todos.Count);
        Assert.Equal(
            ("Buy film", "two lines\nof text", TodoPriority.High, true),
            (todos[0].Title, todos[0].Description, todos[0].Priority, todos[0].Done)
        );
        Assert.Equal(new DateTimeOffset(2026, 12, 24, 17, 0, 0, TimeSpan.Zero), todos[0].DueDate);
        Assert.Equal(
            ("كتابة السيناريو 🎬", null, TodoPriority.Medium, false),
            (todos[1].Title, todos[1].DueDate, todos[1].Priority, todos[1].Done)
        );
        var error = Assert.Single(await _fixture.ErrorsAsync(import.Id));
        Assert.Equal(5, error.Line);
        Assert.Equal(["title", "dueDate", "priority", "done"], error.Problems.Select(problem => problem.Column));
    }

    [Fact]
    public async Task Row_that_was_stored_but_not_counted_is_counted_and_not_duplicated()
    {
        var owner = ObjectId.GenerateNewId();
        var id = await _fixture.QueueAsync("title\na\nb\nc\n"u8.ToArray(), ImportFormat.Csv, owner, kind: ImportKind.Todos);
        await _fixture
            .Get<TodoStore>()
            .AddImportedAsync(
                [
                    new TodoDocument
                    {
                        Id = ObjectId.GenerateNewId(),
                        OwnerId = owner,
                        Title = "b",
                        ImportId = id,
                        ImportRow = 2,
                    },
                ],
                CancellationToken.None
            );
        Assert.True(await _fixture.Processor.RunNextAsync(CancellationToken.None));
        Assert.Equal((3, 0), ((await _fixture.FindAsync(id)).Succeeded, (await _fixture.FindAsync(id)).Failed));
        Assert.Equal(3, await Todos().CountDocumentsAsync(todo => todo.OwnerId == owner));
    }

    /// <summary>An import of any file ends, and its counts equal the stored rows.</summary>
    [Fact]
    public async Task Import_of_any_file_completes_or_fails_with_a_reason()
    {
        var random = new Random(20261122);
        for (var i = 0; i < 60; i++)
        {
            var file = CreateHostileFile(random, i);
            var id = await _fixture.QueueAsync(file, ImportFormat.Csv, kind: ImportKind.Todos, isStaged: i % 2 == 0);
            Assert.True(await _fixture.Processor.RunNextAsync(CancellationToken.None));
            var import = await _fixture.FindAsync(id);
            if (import.State == ImportState.Completed)
            {
                Assert.Equal(import.Total, import.Succeeded + import.Failed);
                Assert.Equal(import.Succeeded, await Todos().CountDocumentsAsync(todo => todo.ImportId == id));
            }
            else
            {
                Assert.True(
                    import.State == ImportState.Failed && import.Reason is { Length: > 0 },
                    $"File {i} ended {import.State}: {import.Reason}"
                );
                Assert.Equal(0, await Todos().CountDocumentsAsync(todo => todo.ImportId == id));
            }
        }
    }

    private static byte[] CreateHostileFile(Random random, int kind)
    {
        var bytes = new byte[random.Next(1, 4_000)];
        random.NextBytes(bytes);
        string[] pieces =
        [
            "title",
            ",",
            ";",
            "\t",
            "\"",
            "\"\"",
            "\n",
            "\r\n",
            "\r",
            "=cmd|' /C calc'!A0",
            "‏עברית",
            "🎞️",
            "\uFEFF",
            " ",
            "2026-01-01",
            "high",
            "true",
            "\\",
            "'",
        ];
        return (kind % 6) switch
        {
            0 => bytes,
            1 => [.. "title,done\n"u8, .. bytes],
            2 => Encoding.UTF8.GetBytes("title,priority\n" + string.Concat(random.GetItems(pieces, random.Next(1, 400)))),
            3 => Encoding.UTF8.GetBytes("title" + new string(',', random.Next(1, 3_000_000)) + "\nx"),
            4 => Encoding.UTF8.GetBytes(
                "title,description\n\"" + string.Concat(Enumerable.Repeat("open, quote\n", random.Next(1, 20_000)))
            ),
            _ => Encoding.UTF8.GetBytes(string.Concat(random.GetItems(pieces, random.Next(1, 60)))),
        };
    }

    private async Task<ImportDocument> RunAsync(string text, ObjectId owner)
    {
        var id = await _fixture.QueueAsync(Encoding.UTF8.GetBytes(text), ImportFormat.Csv, owner, kind: ImportKind.Todos);
        Assert.True(await _fixture.Processor.RunNextAsync(CancellationToken.None));
        return await _fixture.FindAsync(id);
    }

    private IMongoCollection<TodoDocument> Todos() => _fixture.Get<IMongoDatabase>().GetCollection<TodoDocument>(TodoEntity.Collection);
}
