using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Cascades;
using MovieLms.Data.Relations;
using MovieLms.Data.Reviews;
using MovieLms.Data.Storage;
using MovieLms.Testing;
using static MovieLms.Application.Tests.Cascades.CascadeFixture;

namespace MovieLms.Application.Tests.Cascades;

/// <summary>
/// Every find, update and delete of a cascade (archive, delete, restore, finish, purge) uses an index, even for entities that declare
/// nothing but their references.
/// </summary>
public sealed class CascadeIndexTests
{
    private static readonly string[] Explained = ["find", "update", "delete", "findAndModify", "aggregate"];

    [Fact]
    public async Task Every_command_of_a_cascade_uses_an_index()
    {
        Assert.SkipWhen(BackingServices.IsExternalMongo, "The external server may not allow explain; the embedded one does.");
        var fixture = new CascadeFixture();
        await fixture.InitializeAsync();
        try
        {
            for (var i = 0; i < 5; i++)
                await fixture.AddShelfAsync();
            var shelf = await fixture.AddShelfAsync();
            var sent = await fixture.Data.CaptureCommandsAsync(async () =>
            {
                await fixture.ArchiveAsync(Shelf, shelf);
                await fixture.FinishAsync();
                await fixture.RestoreAsync(Shelf, shelf);
                await fixture.FinishAsync();
                await fixture.DeleteAsync(Shelf, shelf);
                await fixture.Data.Get<CascadePurge>().RunAsync(TimeProvider.System.GetUtcNow().AddDays(-30), default);
            });
            var commands = sent.Where(command => Explained.Contains(command.GetElement(0).Name)).ToArray();
            Assert.True(commands.Length > 50, $"{commands.Length} commands");
            foreach (var command in commands)
            {
                var plan = await fixture.Data.Database.RunCommandAsync<BsonDocument>(
                    new BsonDocument { { "explain", Single(command) }, { "verbosity", "queryPlanner" } }
                );
                Assert.False(plan.ToJson().Contains("\"COLLSCAN\"", StringComparison.Ordinal), $"{command.ToJson()}\n{plan.ToJson()}");
            }
        }
        finally
        {
            await fixture.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_store_with_an_index_that_starts_with_the_reference_gets_no_second_one()
    {
        var data = new DataFixture();
        await data.InitializeAsync();
        try
        {
            var names = (await (await data.Database.GetCollection<BsonDocument>(ReviewEntity.Collection).Indexes.ListAsync()).ToListAsync())
                .Select(index => index["name"].AsString)
                .ToArray();
            Assert.DoesNotContain("userId_cascade", names);
            Assert.Contains(RelationIndexes.Name(Lifecycle.DeletedBy), names);
            await data.Get<RelationIndexes>().EnsureAsync(IndexBuilder.Creating, default);
        }
        finally
        {
            await data.DisposeAsync();
        }
    }

    /// <summary>Keeps only the first statement, because a server explains one statement at a time.</summary>
    private static BsonDocument Single(BsonDocument command)
    {
        var copy = command.DeepClone().AsBsonDocument;
        foreach (var name in (string[])["updates", "deletes"])
        {
            if (copy.TryGetValue(name, out var statements))
                copy[name] = new BsonArray { statements[0] };
        }

        return copy;
    }
}
