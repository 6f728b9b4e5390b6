using MovieLms.Testing;
using MovieLms.Testing.Processes;

namespace MovieLms.EndToEnd.Chat;

/// <summary>
/// What may break while people chat: a node dies and comes back, Redis does, the network of half the clients is cut (3 s,
/// or 30 s with <c>MOVIELMS_TEST_SCALE=full</c>). Clients come back by themselves and hold the complete rooms, and presence is right.
/// </summary>
[Collection(ChatCampusTests.Name)]
public sealed class ChatOutageTests(ChatCampus campus)
{
    private static readonly int Clients = ChatCampus.IsFull ? 400 : 40;
    private static readonly int Messages = ChatCampus.IsFull ? 20_000 : 800;
    private static readonly TimeSpan CutTime = TimeSpan.FromSeconds(ChatCampus.IsFull ? 30 : 3);

    [Fact]
    public async Task A_node_that_dies_leaves_the_rooms_within_the_presence_time_and_comes_back_without_a_loss()
    {
        await using var clients = ChatClients.Start();
        var cohort = await campus.EnrollAsync(Clients);
        await cohort.OpenAllAsync(clients);
        await cohort.AssertPresenceAsync(clients, _ => true);
        var sending = clients.LoadAsync(cohort.Names, Messages, atOnce: 20, "n");
        await HalfSentAsync(cohort);

        await campus.Installation.Services.KillAsync(campus.Second);
        await cohort.AssertPresenceAsync(clients, student => student.Node == 0);
        await campus.Installation.Services.RestartAsync(campus.Second);

        Assert.Equal(Messages, await cohort.AssertCompleteAsync(clients, await sending));
        await cohort.AssertPresenceAsync(clients, _ => true);
        foreach (var student in cohort.Students)
            Assert.Equal(student.Node == 0 ? 1 : 2, Math.Min(2, (await clients.HeldAsync(student.Name)).Connections));
    }

    [Fact]
    public async Task While_Redis_is_dead_the_nodes_go_on_alone_and_afterwards_every_room_is_complete()
    {
        await using var clients = ChatClients.Start();
        var cohort = await campus.EnrollAsync(Clients);
        await cohort.OpenAllAsync(clients);
        await cohort.AssertPresenceAsync(clients, _ => true);
        var sending = clients.LoadAsync(cohort.Names, Messages, atOnce: 20, "r");
        await HalfSentAsync(cohort);

        await campus.Installation.KillAsync("redis");
        var load = await sending;
        Assert.Equal(Messages, await cohort.AssertCompleteAsync(clients, load));
        await campus.Installation.RestartAsync("redis");
        await cohort.AssertPresenceAsync(clients, _ => true);

        // Nobody says anything any more: what the nodes stored apart was made up for, and what is said now is heard at once.
        var more = await clients.LoadAsync(cohort.Names, Clients * 2, atOnce: 20, "after");
        Assert.Equal(Messages + Clients * 2, await cohort.AssertCompleteAsync(clients, Both(load, more)));
        // No client has noticed: it was not the connection that broke.
        foreach (var student in cohort.Students)
            Assert.Equal(1, (await clients.HeldAsync(student.Name)).Connections);
    }

    [Fact]
    public async Task Clients_whose_network_is_cut_catch_up_by_sequence()
    {
        await using var clients = ChatClients.Start();
        var cohort = await campus.EnrollAsync(Clients);
        await using var network = TcpProxy.Before(campus.Nodes[1]);
        await cohort.OpenAllAsync(clients, student => student.Node == 0 ? campus.Nodes[0] : network.Address);
        var sending = clients.LoadAsync(cohort.Names, Messages, atOnce: 20, "c");
        await HalfSentAsync(cohort);

        network.Cut();
        var meanwhile = clients.LoadAsync(
            cohort.Students.Where(student => student.Node == 0).Select(student => student.Name),
            Clients,
            atOnce: 5,
            "meanwhile"
        );
        await Task.Delay(CutTime);
        network.Mend();

        Assert.Equal(Messages + Clients, await cohort.AssertCompleteAsync(clients, Both(await sending, await meanwhile)));
        await cohort.AssertPresenceAsync(clients, _ => true);
    }

    private static Task HalfSentAsync(ChatCohort cohort) =>
        Eventually.TrueAsync(async () => await cohort.CountStoredAsync() > Messages / 4, "a part of the messages is stored", 120);

    private static SentLoad Both(SentLoad first, SentLoad second) =>
        new(
            first
                .Sent.Concat(second.Sent)
                .GroupBy(pair => pair.Key)
                .ToDictionary(group => group.Key, group => group.SelectMany(pair => pair.Value).ToArray()),
            first.Attempts + second.Attempts
        );
}
