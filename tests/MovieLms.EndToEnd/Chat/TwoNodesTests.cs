using MovieLms.Testing;

namespace MovieLms.EndToEnd.Chat;

/// <summary>
/// Two Realtime processes behind one Redis with clients of the official JavaScript library: 20 clients per node and 500
/// messages, or 200 clients per node and 20,000 messages with <c>MOVIELMS_TEST_SCALE=full</c>.
/// </summary>
[Collection(ChatCampusTests.Name)]
public sealed class TwoNodesTests(ChatCampus campus)
{
    private static readonly int Clients = ChatCampus.IsFull ? 400 : 40;
    private static readonly int Messages = ChatCampus.IsFull ? 20_000 : 500;

    [Fact]
    public async Task Every_member_on_either_node_has_each_message_exactly_once_and_non_members_have_none()
    {
        await using var clients = ChatClients.Start();
        var cohort = await campus.EnrollAsync(Clients);
        await cohort.OpenAllAsync(clients);
        var load = await clients.LoadAsync(cohort.Names, Messages, atOnce: 40, "m");
        Assert.Equal(Messages, await cohort.AssertCompleteAsync(clients, load));
        await cohort.AssertPresenceAsync(clients, _ => true);
        foreach (var student in cohort.Students)
            Assert.Empty((await clients.GetStateAsync(student.Name)).Failures);
    }

    [Fact]
    public async Task A_direct_message_reaches_only_its_two_participants_on_any_node()
    {
        await using var clients = ChatClients.Start();
        var cohort = await campus.EnrollAsync(20);
        await cohort.OpenAllAsync(clients);
        var (from, to) = (cohort.Students.First(student => student.Node == 0), cohort.Students.First(student => student.Node == 1));
        var sent = await clients.CallAsync(from.Name, "SendDirect", to.Id, "only for you", "d1");
        var room = sent.GetProperty("room").GetString()!;
        await Eventually.WaitUntilAsync(
            async () => (await clients.GetStateAsync(to.Name)).Events.Contains($"Direct {room} only for you"),
            "the recipient receives it on the other node"
        );
        await clients.CallAsync(to.Name, "JoinRoom", room);
        await clients.CallAsync(to.Name, "SendMessage", room, "and for you", "d2");
        await Eventually.WaitUntilAsync(
            async () => (await clients.GetStateAsync(from.Name)).Events.Contains($"Direct {room} and for you"),
            "the sender receives the reply"
        );
        foreach (var student in cohort.Students)
        {
            var received = (await clients.GetStateAsync(student.Name))
                .Events.Where(line => line.StartsWith("Direct ", StringComparison.Ordinal))
                .ToArray();
            Assert.Equal(
                student == from || student == to ? [$"Direct {room} only for you", $"Direct {room} and for you"] : Array.Empty<string>(),
                received
            );
        }
    }
}
