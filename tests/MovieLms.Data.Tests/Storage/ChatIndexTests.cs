using MongoDB.Bson;
using MovieLms.Data.Chat;
using MovieLms.Data.Notifications;
using MovieLms.Data.Paging;
using MovieLms.Testing;

namespace MovieLms.Data.Tests.Storage;

/// <summary>The queries of chat and notifications, each served by the index declared for it.</summary>
public sealed class ChatIndexTests(ChatIndexTests.Filled filled) : IClassFixture<ChatIndexTests.Filled>
{
    private const int PerRoom = 120;

    public sealed class Filled : IAsyncLifetime
    {
        public DataFixture Data { get; } = new();

        public ObjectId User { get; } = ObjectId.GenerateNewId();

        public List<RoomDocument> Rooms { get; } = [];

        public ChatMessageDocument Message { get; private set; } = null!;

        public ObjectId Notification { get; private set; }

        public async ValueTask InitializeAsync()
        {
            await Data.InitializeAsync();
            var (rooms, messages) = (Data.Get<RoomStore>(), Data.Get<ChatMessageStore>());
            for (var i = 0; i < 60; i++)
            {
                var other = ObjectId.GenerateNewId();
                Rooms.Add(
                    await rooms.EnsureAsync($"dm:{i}", null, i % 3 == 0 ? [User, other] : [ObjectId.GenerateNewId(), other], default)
                );
                await rooms.MarkReadAsync(i % 2 == 0 ? User : other, Rooms[i].Id, 10, default);
            }
            foreach (var room in Rooms.Take(4))
            {
                var drafts = Enumerable
                    .Range(0, PerRoom)
                    .Select(i => new MessageDraft(i % 2 == 0 ? User : room.Id, "Name", $"Text {i}", $"{room.Id}-{i}"));
                Message = (await messages.AppendAsync(room.Id, [.. drafts], 0, default))[0];
                await rooms.NoteLastAsync(room.Id, PerRoom, DateTimeOffset.UnixEpoch, default);
            }
            for (var i = 0; i < 300; i++)
            {
                var stored = await Data.Get<NotificationStore>()
                    .AddAllAsync(i % 3 == 0 ? [User] : [ObjectId.GenerateNewId()], "grade", "Title", "Text", null, $"key{i}", default);
                if (i % 3 == 0 && i < 240)
                    await Data.Get<NotificationStore>().MarkReadAsync(User, Notification = stored[0].Id, default);
            }
        }

        public ValueTask DisposeAsync() => Data.DisposeAsync();
    }

    public static TheoryData<string, string, int, bool, int> Queries() =>
        new()
        {
            { "room by name", "name_unique", 1, false, 0 },
            { "room by id", "_id_", 1, false, 0 },
            { "rooms by names", "name_unique", 2, false, 0 },
            { "a user's direct rooms", "userIds_lastMessageAt", 20, true, 0 },
            { "the room's last message is noted", "_id_", 1, false, 0 },
            { "read marks", "userId_roomId_unique", 3, false, 0 },
            { "read mark is moved", "userId_roomId_unique", 1, false, 0 },
            { "unread messages are counted", "roomId_sequence_unique", 10, false, 0 },
            { "last number", "roomId_sequence_unique", 1, true, 0 },
            { "newest messages", "roomId_sequence_unique", 50, true, 0 },
            { "messages before a number", "roomId_sequence_unique", 20, true, 0 },
            { "messages after a number", "roomId_sequence_unique", 20, true, 0 },
            { "message by id", "_id_", 1, false, 0 },
            { "message is edited", "_id_", 1, false, 0 },
            { "message is taken back", "_id_", 1, false, 0 },
            // After the refused insert, which explains nothing.
            { "message by its author's own id", "userId_clientMessageId_unique", 1, false, 1 },
            { "notifications", "userId_id", 21, true, 0 },
            { "notifications, next page", "userId_id", 21, true, 0 },
            // Null is two keys of an index (null and absent), so that the order is sorted: of one user's unread ones only.
            { "unread notifications", "userId_readAt_id", 21, false, 0 },
            { "unread notifications are counted", "userId_readAt_id", 20, false, 0 },
            { "notification is read", "_id_", 1, false, 0 },
            { "notification by id", "_id_", 1, false, 1 },
        };

    [Theory]
    [MemberData(nameof(Queries))]
    public Task Query_is_served_by_its_index(string query, string index, int most, bool isOrdered, int command) =>
        QueryPlans.AssertServedAsync(filled.Data, () => RunAsync(query), index, most, isOrdered, command);

    private Task RunAsync(string query)
    {
        var (rooms, messages, notifications) = (
            filled.Data.Get<RoomStore>(),
            filled.Data.Get<ChatMessageStore>(),
            filled.Data.Get<NotificationStore>()
        );
        var (user, room, message) = (filled.User, filled.Rooms[0], filled.Message);
        return query switch
        {
            "room by name" => rooms.FindAsync(room.Name, default),
            "room by id" => rooms.GetAsync(room.Id, default),
            "rooms by names" => rooms.ListAsync(["dm:1", "dm:2"], default),
            "a user's direct rooms" => rooms.ListDirectAsync(user, 20, default),
            "the room's last message is noted" => rooms.NoteLastAsync(room.Id, 1, DateTimeOffset.UnixEpoch, default),
            "read marks" => rooms.MarksAsync(user, [.. filled.Rooms.Take(4).Select(known => known.Id)], default),
            "read mark is moved" => rooms.MarkReadAsync(user, room.Id, 5, default),
            "unread messages are counted" => rooms.CountUnreadAsync(
                user,
                [room with { LastSequence = PerRoom }],
                new Dictionary<ObjectId, long> { [room.Id] = PerRoom - 10 },
                default
            ),
            "last number" => messages.LastSequenceAsync(room.Id, default),
            "newest messages" => messages.BeforeAsync(room.Id, null, 50, default),
            "messages before a number" => messages.BeforeAsync(room.Id, 60, 20, default),
            "messages after a number" => messages.SinceAsync(room.Id, 60, 20, default),
            "message by id" => messages.GetAsync(message.Id, default),
            "message is edited" => messages.EditAsync(message.Id, message.UserId, "Another", default),
            "message is taken back" => messages.RemoveAsync(message.Id, null, default),
            "message by its author's own id" => messages.AppendAsync(
                message.RoomId,
                [new MessageDraft(message.UserId, "Name", "Text", message.ClientMessageId)],
                PerRoom,
                default
            ),
            "notifications" => notifications.ListAsync(user, false, null, 20, default),
            "notifications, next page" => notifications.ListAsync(
                user,
                false,
                new PageCursor(NotificationStore.Sort, BsonNull.Value, filled.Notification),
                20,
                default
            ),
            "unread notifications" => notifications.ListAsync(user, true, null, 20, default),
            "unread notifications are counted" => notifications.CountUnreadAsync(user, 20, default),
            _ => notifications.MarkReadAsync(user, filled.Notification, default),
        };
    }
}
