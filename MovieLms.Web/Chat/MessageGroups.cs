using MovieLms.Client;

namespace MovieLms.Web.Chat;

/// <summary>How a message is shown after the one before it.</summary>
/// <param name="Message">The message.</param>
/// <param name="StartsDay">It is the first of its day (UTC), which a separator shows.</param>
/// <param name="IsContinued">It follows another message of its author closely, so that the name is not repeated.</param>
internal readonly record struct ShownMessage(RoomMessageResponse Message, bool StartsDay, bool IsContinued);

/// <summary>Groups messages by day and author. <c>chat-log.js</c> does the same in the visitor's time zone.</summary>
internal static class MessageGroups
{
    private static readonly TimeSpan MaxPause = TimeSpan.FromMinutes(5);

    internal static IEnumerable<ShownMessage> Create(IEnumerable<RoomMessageResponse> messages)
    {
        RoomMessageResponse? last = null;
        foreach (var message in messages)
        {
            var startsDay = last is null || last.SentAt.UtcDateTime.Date != message.SentAt.UtcDateTime.Date;
            var isContinued =
                !startsDay && message.From is { } author && author.Id == last!.From?.Id && message.SentAt - last.SentAt < MaxPause;
            yield return new ShownMessage(message, startsDay, isContinued);
            last = message;
        }
    }
}
