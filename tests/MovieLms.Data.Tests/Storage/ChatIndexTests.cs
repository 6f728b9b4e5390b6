using MongoDB.Bson;
using MovieLms.Data.Chat;
using MovieLms.Data.Notifications;
using MovieLms.Data.Paging;
using MovieLms.Testing;

namespace MovieLms.Data.Tests.Storage;

/// <summary>Each query of chat and notifications uses the index declared for it.</summary>
public sealed class ChatIndexTests(ChatIndexTests.SeededData seeded) : IClassFixture<ChatIndexTests.SeededData>
{
    private const int PerRoom = 120;

    public sealed class SeededData : IAsyncLifetime
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
                    await rooms.GetOrCreateAsync($"dm:{i}", null, i % 3 == 0 ? [User, other] : [ObjectId.GenerateNewId(), other], default)
                );
                await rooms.MarkReadAsync(i % 2 == 0 ? User : other, Rooms[i].Id, 10, default);
            }
            foreach (var room in Rooms.Take(4))
            {
                var drafts = Enumerable
                    .Range(0, PerRoom)
                    .Select(i => new MessageDraft(i % 2 == 0 ? User : room.Id, "Name", $"Text {i}", $"{room.Id}-{i}"));
                Message = (await messages.AppendAsync(room.Id, [.. drafts], 0, default))[0];
                await rooms.RecordLastMessageAsync(room.Id, PerRoom, DateTimeOffset.UnixEpoch, default);
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
            { "room by ID", "_id_", 1, false, 0 },
            { "rooms by names", "name_unique", 2, false, 0 },
            { "a user's direct rooms", "userIds_lastMessageAt", 20, true, 0 },
            { "record last message", "_id_", 1, false, 0 },
            { "read marks", "userId_roomId_unique", 3, false, 0 },
            { "move read mark", "userId_roomId_unique", 1, false, 0 },
            { "count unread messages", "roomId_sequence_unique", 10, false, 0 },
            { "last number", "roomId_sequence_unique", 1, true, 0 },
            { "latest messages", "roomId_sequence_unique", 50, true, 0 },
            { "messages before a number", "roomId_sequence_unique", 20, true, 0 },
            { "messages after a number", "roomId_sequence_unique", 20, true, 0 },
            { "message by ID", "_id_", 1, false, 0 },
            { "edit message", "_id_", 1, false, 0 },
            { "delete message", "_id_", 1, false, 0 },
            // The second command, after the rejected insert.
            { "message by client ID", "userId_clientMessageId_unique", 1, false, 1 },
            { "notifications", "userId_id", 21, true, 0 },
            { "notifications, next page", "userId_id", 21, true, 0 },
            // Null has two keys in the index (null and absent), so the unread notifications of the user are sorted in memory.
            { "unread notifications", "userId_readAt_id", 21, false, 0 },
            { "count unread notifications", "userId_readAt_id", 20, false, 0 },
            { "mark all notifications as read", "userId_readAt_id", 20, false, 0 },
            { "mark notification as read", "_id_", 1, false, 0 },
            { "notification by ID", "_id_", 1, false, 1 },
        };

    [Theory]
    [MemberData(nameof(Queries))]
    public Task Query_uses_its_index(string query, string index, int maxDocs, bool isOrdered, int command) =>
        QueryPlans.AssertServedAsync(seeded.Data, () => RunAsync(query), index, maxDocs, isOrdered, command);

    private Task RunAsync(string query)
    {
        var (rooms, messages, notifications) = (
            seeded.Data.Get<RoomStore>(),
            seeded.Data.Get<ChatMessageStore>(),
            seeded.Data.Get<NotificationStore>()
        );
        var (user, room, message) = (seeded.User, seeded.Rooms[0], seeded.Message);
        return query switch
        {
            "room by name" => rooms.FindAsync(room.Name, default),
            "room by ID" => rooms.GetAsync(room.Id, default),
            "rooms by names" => rooms.ListAsync(["dm:1", "dm:2"], default),
            "a user's direct rooms" => rooms.ListDirectAsync(user, 20, default),
            "record last message" => rooms.RecordLastMessageAsync(room.Id, 1, DateTimeOffset.UnixEpoch, default),
            "read marks" => rooms.GetReadMarksAsync(user, [.. seeded.Rooms.Take(4).Select(known => known.Id)], default),
            "move read mark" => rooms.MarkReadAsync(user, room.Id, 5, default),
            "count unread messages" => rooms.CountUnreadAsync(
                user,
                [room with { LastSequence = PerRoom }],
                new Dictionary<ObjectId, long> { [room.Id] = PerRoom - 10 },
                default
            ),
            "last number" => messages.GetLastSequenceAsync(room.Id, default),
            "latest messages" => messages.ListBeforeAsync(room.Id, null, 50, default),
            "messages before a number" => messages.ListBeforeAsync(room.Id, 60, 20, default),
            "messages after a number" => messages.ListAfterAsync(room.Id, 60, 20, default),
            "message by ID" => messages.GetAsync(message.Id, default),
            "edit message" => messages.EditAsync(message.Id, message.UserId, "Another", default),
            "delete message" => messages.DeleteAsync(message.Id, null, default),
            "message by client ID" => messages.AppendAsync(
                message.RoomId,
                [new MessageDraft(message.UserId, "Name", "Text", message.ClientMessageId)],
                PerRoom,
                default
            ),
            "notifications" => notifications.ListAsync(user, false, null, 20, default),
            "notifications, next page" => notifications.ListAsync(
                user,
                false,
                new PageCursor(NotificationStore.Sort, BsonNull.Value, seeded.Notification),
                20,
                default
            ),
            "unread notifications" => notifications.ListAsync(user, true, null, 20, default),
            "count unread notifications" => notifications.CountUnreadAsync(user, 20, default),
            "mark all notifications as read" => notifications.MarkAllReadAsync(
                ObjectId.GenerateNewId(),
                TimeProvider.System.GetUtcNow(),
                default
            ),
            _ => notifications.MarkReadAsync(user, seeded.Notification, default),
        };
    }
}
