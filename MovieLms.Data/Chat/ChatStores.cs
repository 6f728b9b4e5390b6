using Microsoft.Extensions.DependencyInjection;
using MovieLms.Data.Courses;
using MovieLms.Data.Identity;
using MovieLms.Data.Relations;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Chat;

/// <summary>
/// Registers the stores and entities of chat. A room is deleted with its course, a message with its room and with its author.
/// </summary>
internal static class ChatStores
{
    internal static IServiceCollection AddChatStores(this IServiceCollection services)
    {
        services
            .AddStore<RoomStore>()
            .AddStore<ChatMessageStore>()
            .AddSingleton<RoomAccess>()
            .AddSingleton<DirectRoomAccess>()
            .AddSingleton<RoomLists>()
            .AddSingleton<PeopleLists>();
        services.AddEntity(
            new Entity("room", CollectionNames.Rooms, typeof(RoomDocument))
            {
                References =
                [
                    new(RoomFields.CourseId, CourseEntity.Name, OnDelete.Cascade),
                    new(RoomFields.UserIds, IdentityEntities.User, OnDelete.Keep),
                ],
            }
        );
        services.AddEntity(
            new Entity("message", CollectionNames.ChatMessages, typeof(ChatMessageDocument))
            {
                References =
                [
                    new(MessageFields.RoomId, "room", OnDelete.Cascade),
                    new(MessageFields.UserId, IdentityEntities.User, OnDelete.Cascade),
                ],
                UniqueTogether = [MessageFields.RoomId, MessageFields.Sequence],
            }
        );
        services.AddEntity(
            new Entity("readMark", CollectionNames.ReadMarks, typeof(ReadMarkDocument))
            {
                References = [new(RoomFields.RoomId, "room", OnDelete.Keep), new(RoomFields.UserId, IdentityEntities.User, OnDelete.Keep)],
                UniqueTogether = [RoomFields.UserId, RoomFields.RoomId],
            }
        );
        return services;
    }
}
