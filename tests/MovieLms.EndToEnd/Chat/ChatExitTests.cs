using System.Net.Http.Json;
using MovieLms.Testing;

namespace MovieLms.EndToEnd.Chat;

/// <summary>Connected users lose access at once when they lose a room or their account, while others continue to chat.</summary>
[Collection(ChatCampusTests.Name)]
public sealed class ChatExitTests(ChatCampus campus)
{
    [Fact]
    public async Task Withdrawing_revokes_room_access_at_once_on_every_node()
    {
        await using var clients = ChatClients.Start();
        var cohort = await campus.EnrollAsync(20);
        await cohort.OpenAllAsync(clients);
        var (leaver, witness) = (cohort.Students.First(student => student.Node == 1), cohort.Students.First(student => student.Node == 0));
        var (room, other) = (leaver.Rooms[0], leaver.Rooms[1]);
        var enrollments = await leaver.Api.GetFromJsonAsync<System.Text.Json.JsonElement>("/api/enrollments");
        var enrollment = enrollments
            .GetProperty("items")
            .EnumerateArray()
            .Single(item => room.EndsWith(item.GetProperty("courseId").GetString()!, StringComparison.Ordinal));

        using var speaker = new Speaker(clients, witness.Name, room);
        await speaker.WaitForMessagesAsync();
        (await leaver.Api.DeleteAsync($"/api/enrollments/{enrollment.GetProperty("id").GetString()}")).EnsureSuccessStatusCode();
        await AssertRejectedAsync("roomNotFound", clients.CallAsync(leaver.Name, "SendMessage", room, "still here", "w1"));
        await Eventually.WaitUntilAsync(
            async () => (await clients.GetStateAsync(leaver.Name)).Events.Contains($"RoomLeft {room} accessLost"),
            "the leaver receives RoomLeft"
        );
        await speaker.WaitForMessagesAsync();
        await speaker.StopAsync();

        foreach (var method in new[] { "JoinRoom", "StartTyping", "GetPresence" })
        {
            await AssertRejectedAsync(
                method == "StartTyping" ? "roomNotJoined" : "roomNotFound",
                clients.CallAsync(leaver.Name, method, room)
            );
        }
        var state = await clients.GetStateAsync(leaver.Name);
        Assert.Equal(("Connected", 0, 1), (state.State, state.Foreign, state.Connections));
        Assert.Equal([other], state.Rooms.Keys);
        await Eventually.WaitUntilAsync(
            async () => !(await clients.GetStateAsync(witness.Name)).Rooms[room].Members.Contains(leaver.Id),
            "the other members see the leaver leave"
        );
    }

    [Fact]
    public async Task Logout_and_archiving_close_connections_at_once_and_archiving_a_course_empties_its_room()
    {
        await using var clients = ChatClients.Start();
        var cohort = await campus.EnrollAsync(20);
        await cohort.OpenAllAsync(clients);
        var (witness, loggedOut, archived) = (
            cohort.Students[0],
            cohort.Students.Last(student => student.Node == 1),
            cohort.Students.First(student => student.Node == 1)
        );
        var room = witness.Rooms[0];
        using var speaker = new Speaker(clients, witness.Name, room);
        await speaker.WaitForMessagesAsync();

        (await loggedOut.Api.PostAsync("/api/auth/logout", null)).EnsureSuccessStatusCode();
        (await campus.Admin.PostAsync($"/api/users/{archived.Id}/archive", null)).EnsureSuccessStatusCode();
        foreach (var student in new[] { loggedOut, archived })
        {
            await Eventually.WaitUntilAsync(
                async () => (await clients.GetStateAsync(student.Name)).State == "Disconnected",
                $"{student.Name} is disconnected"
            );
            var state = await clients.GetStateAsync(student.Name);
            Assert.Contains("ConnectionEnding tokenRevoked false", state.Events);
            var last = state.Rooms[room].Last;
            await speaker.WaitForMessagesAsync();
            Assert.Equal(last, (await clients.GetStateAsync(student.Name)).Rooms[room].Last);
        }
        await Eventually.WaitUntilAsync(
            async () => !(await clients.GetStateAsync(witness.Name)).Rooms[room].Members.Intersect([loggedOut.Id, archived.Id]).Any(),
            "the other members see both leave"
        );

        (await campus.Admin.PostAsync($"/api/courses/{room["course:".Length..]}/archive", null)).EnsureSuccessStatusCode();
        foreach (var student in cohort.Students.Except([loggedOut, archived]))
        {
            await Eventually.WaitUntilAsync(
                async () => (await clients.GetStateAsync(student.Name)).Events.Contains($"RoomLeft {room} closed"),
                $"{student.Name} is removed from the room"
            );
        }

        await speaker.AssertRejectedAsync("archived and can only be read");
        var joined = await clients.CallAsync(witness.Name, "JoinRoom", room);
        Assert.True(joined.GetProperty("readOnly").GetBoolean());
    }

    [Fact]
    public async Task A_stopping_node_announces_the_shutdown_and_its_clients_reconnect_without_a_gap()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no SIGTERM.");
        await using var clients = ChatClients.Start();
        var cohort = await campus.EnrollAsync(20);
        await cohort.OpenAllAsync(clients);
        var sending = clients.LoadAsync(cohort.Names, 200, atOnce: 5, "f");
        await Eventually.WaitUntilAsync(async () => await cohort.CountStoredAsync() > 50, "messages are being sent", 60);

        Assert.Equal(0, await campus.Installation.Services[campus.Second].TerminateAsync());
        foreach (var student in cohort.Students.Where(student => student.Node == 1))
            Assert.Contains("ConnectionEnding shutdown true", (await clients.GetStateAsync(student.Name)).Events);
        // They left explicitly, so their presence does not have to expire.
        await cohort.AssertPresenceAsync(clients, student => student.Node == 0);
        await campus.Installation.Services.RestartAsync(campus.Second);

        Assert.Equal(200, await cohort.AssertCompleteAsync(clients, await sending));
        await cohort.AssertPresenceAsync(clients, _ => true);
    }

    private static async Task AssertRejectedAsync(string reason, Task call) =>
        Assert.Contains(reason, (await Assert.ThrowsAsync<InvalidOperationException>(() => call)).Message, StringComparison.Ordinal);

    /// <summary>Sends one message after another.</summary>
    private sealed class Speaker : IDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly Task _sending;
        private volatile int _sent;

        internal Speaker(ChatClients clients, string client, string room) => _sending = SendAsync(clients, client, room);

        internal Task WaitForMessagesAsync()
        {
            var goal = _sent + 5;
            return Eventually.WaitUntilAsync(() => Task.FromResult(_sent >= goal), "the other members continue to chat");
        }

        internal async Task StopAsync()
        {
            await _stop.CancelAsync();
            await _sending;
        }

        internal Task AssertRejectedAsync(string reason) => ChatExitTests.AssertRejectedAsync(reason, _sending);

        public void Dispose()
        {
            _stop.Cancel();
            _stop.Dispose();
        }

        private async Task SendAsync(ChatClients clients, string client, string room)
        {
            for (; !_stop.IsCancellationRequested; _sent++)
                await clients.CallAsync(client, "SendMessage", room, $"line {_sent}", $"talk-{room}-{_sent}");
        }
    }
}
