using System.Text;
using MovieLms.Application.Imports;
using MovieLms.Data.Imports;

namespace MovieLms.Worker.Tests.Imports;

/// <summary>Imports that end while their lease is being renewed.</summary>
public sealed class ImportEndTests
{
    private const int Imports = 60;

    [Fact]
    public async Task An_import_that_ends_during_a_heartbeat_still_removes_its_staged_file()
    {
        // With a heartbeat every 10 ms, some heartbeats find the import finished before FinishAsync has returned.
        await using var fixture = await ImportFixture.StartAsync(settings: new() { ["Imports:Lease"] = "00:00:00.03" });
        var staged = fixture.Get<StagedUploads>();
        var kept = new List<int>();
        for (var i = 0; i < Imports; i++)
        {
            var id = await fixture.QueueAsync(Encoding.UTF8.GetBytes($"title\nMovie {i}\n"), ImportFormat.Csv);
            while (await fixture.Processor.RunNextAsync(CancellationToken.None) || !await HasEndedAsync(id))
                await Task.Delay(5);
            if (await staged.TryReadAsync(id.ToString(), 0) is not null)
                kept.Add(i);
        }
        Assert.Empty(kept);

        async Task<bool> HasEndedAsync(MongoDB.Bson.ObjectId id) => (await fixture.FindAsync(id)).State == ImportState.Completed;
    }
}
