using System.Net.Http.Json;
using MovieLms.Testing;

namespace MovieLms.EndToEnd.Chat;

/// <summary>Who loses a room, an account or their node while connected is out at once, in the middle of what the others say.</summary>
[Collection(ChatCampusTests.Name)]
public sealed class ChatExitTests(ChatCampus campus)
{
    [Fact]
    public async Task Withdrawing_ends_the_room_at_once_on_every_node_while_the_others_talk_on()
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

        using var talking = new Talk(clients, witness.Name, room);
        await talking.GoesOnAsync();
        (await leaver.Api.DeleteAsync($"/api/enrollments/{enrollment.GetProperty("id").GetString()}")).EnsureSuccessStatusCode();
        await Refused("Not found", clients.CallAsync(leaver.Name, "SendMessage", room, "still here", "w1"));
        await Eventually.TrueAsync(
            async () => (await clients.HeldAsync(leaver.Name)).Events.Contains($"RoomLeft {room} accessLost"),
            "the leaver is told"
        );
        await talking.GoesOnAsync();
        await talking.EndAsync();

        foreach (var method in new[] { "JoinRoom", "StartTyping", "GetPresence" })
            await Refused(method == "StartTyping" ? "Join the room first" : "Not found", clients.CallAsync(leaver.Name, method, room));
        var held = await clients.HeldAsync(leaver.Name);
        Assert.Equal(("Connected", 0, 1), (held.State, held.Foreign, held.Connections));
        Assert.Equal([other], held.Rooms.Keys);
        await Eventually.TrueAsync(
            async () => !(await clients.HeldAsync(witness.Name)).Rooms[room].Members.Contains(leaver.Id),
            "the others see them leave"
        );
    }

    [Fact]
    public async Task Logging_out_and_being_archived_end_the_connection_at_once_and_archiving_a_course_empties_its_room()
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
        using var talking = new Talk(clients, witness.Name, room);
        await talking.GoesOnAsync();

        (await loggedOut.Api.PostAsync("/api/auth/logout", null)).EnsureSuccessStatusCode();
        (await campus.Admin.PostAsync($"/api/users/{archived.Id}/archive", null)).EnsureSuccessStatusCode();
        foreach (var student in new[] { loggedOut, archived })
        {
            await Eventually.TrueAsync(
                async () => (await clients.HeldAsync(student.Name)).State == "Disconnected",
                $"{student.Name} is out"
            );
            var held = await clients.HeldAsync(student.Name);
            Assert.Contains("ConnectionEnding tokenRevoked false", held.Events);
            var last = held.Rooms[room].Last;
            await talking.GoesOnAsync();
            Assert.Equal(last, (await clients.HeldAsync(student.Name)).Rooms[room].Last);
        }
        await Eventually.TrueAsync(
            async () => !(await clients.HeldAsync(witness.Name)).Rooms[room].Members.Intersect([loggedOut.Id, archived.Id]).Any(),
            "the others see both leave"
        );

        (await campus.Admin.PostAsync($"/api/courses/{room["course:".Length..]}/archive", null)).EnsureSuccessStatusCode();
        foreach (var student in cohort.Students.Except([loggedOut, archived]))
        {
            await Eventually.TrueAsync(
                async () => (await clients.HeldAsync(student.Name)).Events.Contains($"RoomLeft {room} closed"),
                $"{student.Name} is out of the room"
            );
        }

        await talking.IsRefusedAsync("archived and can only be read");
        var joined = await clients.CallAsync(witness.Name, "JoinRoom", room);
        Assert.True(joined.GetProperty("readOnly").GetBoolean());
    }

    [Fact]
    public async Task A_node_that_is_told_to_stop_says_farewell_and_its_clients_are_back_without_a_gap()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no SIGTERM.");
        await using var clients = ChatClients.Start();
        var cohort = await campus.EnrollAsync(20);
        await cohort.OpenAllAsync(clients);
        var sending = clients.LoadAsync(cohort.Names, 200, atOnce: 5, "f");
        await Eventually.TrueAsync(async () => await cohort.CountStoredAsync() > 50, "messages are under way", 60);

        Assert.Equal(0, await campus.Installation.Services[campus.Second].TerminateAsync());
        foreach (var student in cohort.Students.Where(student => student.Node == 1))
            Assert.Contains("ConnectionEnding shutdown true", (await clients.HeldAsync(student.Name)).Events);
        // They left, and did not have to be missed: no presence time passes.
        await cohort.AssertPresenceAsync(clients, student => student.Node == 0);
        await campus.Installation.Services.RestartAsync(campus.Second);

        Assert.Equal(200, await cohort.AssertCompleteAsync(clients, await sending));
        await cohort.AssertPresenceAsync(clients, _ => true);
    }

    private static async Task Refused(string why, Task call) =>
        Assert.Contains(why, (await Assert.ThrowsAsync<InvalidOperationException>(() => call)).Message, StringComparison.Ordinal);

    /// <summary>Somebody who writes one message after the other.</summary>
    private sealed class Talk : IDisposable
    {
        private readonly CancellationTokenSource _end = new();
        private readonly Task _talking;
        private volatile int _said;

        internal Talk(ChatClients clients, string client, string room) => _talking = TalkAsync(clients, client, room);

        internal Task GoesOnAsync()
        {
            var goal = _said + 5;
            return Eventually.TrueAsync(() => Task.FromResult(_said >= goal), "the others talk on");
        }

        internal async Task EndAsync()
        {
            await _end.CancelAsync();
            await _talking;
        }

        internal Task IsRefusedAsync(string why) => Refused(why, _talking);

        public void Dispose()
        {
            _end.Cancel();
            _end.Dispose();
        }

        private async Task TalkAsync(ChatClients clients, string client, string room)
        {
            for (; !_end.IsCancellationRequested; _said++)
                await clients.CallAsync(client, "SendMessage", room, $"line {_said}", $"talk-{room}-{_said}");
        }
    }
}
