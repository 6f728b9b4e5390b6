using MovieLms.Testing;
using MovieLms.Testing.Processes;

namespace MovieLms.EndToEnd.Chat;

/// <summary>
/// Outages while people chat: a node is killed and restarted, Redis is, or the network of half the clients is cut (for 3 s, or
/// 30 s with <c>MOVIELMS_TEST_SCALE=full</c>). Clients reconnect by themselves, have the complete rooms, and presence is correct.
/// </summary>
[Collection(ChatCampusTests.Name)]
public sealed class ChatOutageTests(ChatCampus campus)
{
    private static readonly int Clients = ChatCampus.IsFull ? 400 : 40;
    private static readonly int Messages = ChatCampus.IsFull ? 20_000 : 800;
    private static readonly TimeSpan CutDuration = TimeSpan.FromSeconds(ChatCampus.IsFull ? 30 : 3);

    [Fact]
    public async Task Users_of_a_killed_node_leave_within_the_presence_TTL_and_no_message_is_lost()
    {
        await using var clients = ChatClients.Start();
        var cohort = await campus.EnrollAsync(Clients);
        await cohort.OpenAllAsync(clients);
        await cohort.AssertPresenceAsync(clients, _ => true);
        var sending = clients.LoadAsync(cohort.Names, Messages, atOnce: 20, "n");
        await WaitUntilPartlySentAsync(cohort);

        await campus.Installation.Services.KillAsync(campus.Second);
        await cohort.AssertPresenceAsync(clients, student => student.Node == 0);
        await campus.Installation.Services.RestartAsync(campus.Second);

        Assert.Equal(Messages, await cohort.AssertCompleteAsync(clients, await sending));
        await cohort.AssertPresenceAsync(clients, _ => true);
        foreach (var student in cohort.Students)
            Assert.Equal(student.Node == 0 ? 1 : 2, Math.Min(2, (await clients.GetStateAsync(student.Name)).Connections));
    }

    [Fact]
    public async Task Nodes_work_independently_without_Redis_and_every_room_is_complete_afterwards()
    {
        await using var clients = ChatClients.Start();
        var cohort = await campus.EnrollAsync(Clients);
        await cohort.OpenAllAsync(clients);
        await cohort.AssertPresenceAsync(clients, _ => true);
        var sending = clients.LoadAsync(cohort.Names, Messages, atOnce: 20, "r");
        await WaitUntilPartlySentAsync(cohort);

        await campus.Installation.KillAsync("redis");
        var load = await sending;
        Assert.Equal(Messages, await cohort.AssertCompleteAsync(clients, load));
        await campus.Installation.RestartAsync("redis");
        await cohort.AssertPresenceAsync(clients, _ => true);

        // The load has ended: messages stored during the outage were replayed, and new messages are delivered at once.
        var more = await clients.LoadAsync(cohort.Names, Clients * 2, atOnce: 20, "after");
        Assert.Equal(Messages + Clients * 2, await cohort.AssertCompleteAsync(clients, Merge(load, more)));
        // No client reconnected: only Redis was unavailable.
        foreach (var student in cohort.Students)
            Assert.Equal(1, (await clients.GetStateAsync(student.Name)).Connections);
    }

    [Fact]
    public async Task Clients_catch_up_by_sequence_number_after_a_network_cut()
    {
        await using var clients = ChatClients.Start();
        var cohort = await campus.EnrollAsync(Clients);
        await using var network = TcpProxy.Before(campus.Nodes[1]);
        await cohort.OpenAllAsync(clients, student => student.Node == 0 ? campus.Nodes[0] : network.Address);
        var sending = clients.LoadAsync(cohort.Names, Messages, atOnce: 20, "c");
        await WaitUntilPartlySentAsync(cohort);

        network.Cut();
        var duringCut = clients.LoadAsync(
            cohort.Students.Where(student => student.Node == 0).Select(student => student.Name),
            Clients,
            atOnce: 5,
            "during"
        );
        await Task.Delay(CutDuration);
        network.Restore();

        Assert.Equal(Messages + Clients, await cohort.AssertCompleteAsync(clients, Merge(await sending, await duringCut)));
        await cohort.AssertPresenceAsync(clients, _ => true);
    }

    private static Task WaitUntilPartlySentAsync(ChatCohort cohort) =>
        Eventually.WaitUntilAsync(async () => await cohort.CountStoredAsync() > Messages / 4, "a quarter of the messages is stored", 120);

    private static SentLoad Merge(SentLoad first, SentLoad second) =>
        new(
            first
                .Sent.Concat(second.Sent)
                .GroupBy(pair => pair.Key)
                .ToDictionary(group => group.Key, group => group.SelectMany(pair => pair.Value).ToArray()),
            first.Attempts + second.Attempts
        );
}
