using MovieLms.Testing;
using MovieLms.Testing.Processes;

namespace MovieLms.EndToEnd.Chat;

/// <summary>
/// What may break while people chat: a node dies and comes back, Redis does, the network of half the clients is cut (3 s,
/// or 30 s with <c>MOVIELMS_TEST_SCALE=full</c>). Clients come back by themselves and hold the complete rooms, and presence is right.
/// </summary>
public sealed class ChatOutageTests
{
    private static readonly int Clients = ChatCampus.IsFull ? 400 : 40;
    private static readonly int Messages = ChatCampus.IsFull ? 20_000 : 800;
    private static readonly TimeSpan CutTime = TimeSpan.FromSeconds(ChatCampus.IsFull ? 30 : 3);

    [Fact]
    public async Task A_node_that_dies_leaves_the_rooms_within_the_presence_time_and_comes_back_without_a_loss()
    {
        await using var clients = ChatClients.Start();
        await using var campus = await ChatCampus.StartAsync(Clients);
        await campus.OpenAllAsync(clients);
        await campus.AssertPresenceAsync(clients, _ => true);
        var sending = clients.LoadAsync(Names(campus), Messages, atOnce: 20, "n");
        await HalfSentAsync(campus);

        await campus.Installation.Services.KillAsync("Realtime2");
        await campus.AssertPresenceAsync(clients, student => campus.NodeOf(student) == 0);
        await campus.Installation.Services.RestartAsync("Realtime2");

        Assert.Equal(Messages, await campus.AssertCompleteAsync(clients, await sending));
        await campus.AssertPresenceAsync(clients, _ => true);
        foreach (var student in campus.Students)
            Assert.Equal(campus.NodeOf(student) == 0 ? 1 : 2, Math.Min(2, (await clients.HeldAsync(student.Name)).Connections));
    }

    [Fact]
    public async Task While_Redis_is_dead_the_nodes_go_on_alone_and_afterwards_every_room_is_complete()
    {
        await using var clients = ChatClients.Start();
        await using var campus = await ChatCampus.StartAsync(Clients);
        await campus.OpenAllAsync(clients);
        await campus.AssertPresenceAsync(clients, _ => true);
        var sending = clients.LoadAsync(Names(campus), Messages, atOnce: 20, "r");
        await HalfSentAsync(campus);

        await campus.Installation.KillAsync("redis");
        var load = await sending;
        Assert.Equal(Messages, await campus.AssertCompleteAsync(clients, load));
        await campus.Installation.RestartAsync("redis");
        await campus.AssertPresenceAsync(clients, _ => true);

        // Nobody says anything any more: what the nodes stored apart was made up for, and what is said now is heard at once.
        var more = await clients.LoadAsync(Names(campus), Clients * 2, atOnce: 20, "after");
        Assert.Equal(Messages + Clients * 2, await campus.AssertCompleteAsync(clients, Both(load, more)));
        // No client has noticed: it was not the connection that broke.
        foreach (var student in campus.Students) Assert.Equal(1, (await clients.HeldAsync(student.Name)).Connections);
    }

    [Fact]
    public async Task Clients_whose_network_is_cut_catch_up_by_sequence()
    {
        await using var clients = ChatClients.Start();
        await using var campus = await ChatCampus.StartAsync(Clients);
        await using var network = TcpProxy.Before(campus.Nodes[1]);
        await campus.OpenAllAsync(clients, student => campus.NodeOf(student) == 0 ? campus.Nodes[0] : network.Address);
        var sending = clients.LoadAsync(Names(campus), Messages, atOnce: 20, "c");
        await HalfSentAsync(campus);

        network.Cut();
        var meanwhile = clients.LoadAsync(campus.Students.Where(student => campus.NodeOf(student) == 0).Select(student => student.Name), Clients, atOnce: 5, "meanwhile");
        await Task.Delay(CutTime);
        network.Mend();

        Assert.Equal(Messages + Clients, await campus.AssertCompleteAsync(clients, Both(await sending, await meanwhile)));
        await campus.AssertPresenceAsync(clients, _ => true);
    }

    private static IEnumerable<string> Names(ChatCampus campus) => campus.Students.Select(student => student.Name);

    private static Task HalfSentAsync(ChatCampus campus) =>
        Eventually.TrueAsync(async () => await campus.CountStoredAsync() > Messages / 4, "a part of the messages is stored", 120);

    private static SentLoad Both(SentLoad first, SentLoad second) => new(
        first.Sent.Concat(second.Sent).GroupBy(pair => pair.Key).ToDictionary(group => group.Key, group => group.SelectMany(pair => pair.Value).ToArray()),
        first.Attempts + second.Attempts);
}
