using System.Text.Json;
using MovieLms.Application.Imports;
using MovieLms.Application.Live;
using MovieLms.ServiceDefaults.Serialization;

namespace MovieLms.Application.Tests.Live;

/// <summary>
/// The messages that processes of different releases exchange over Redis. A change here changes the contract, and the old format must stay
/// readable for one release.
/// </summary>
public sealed class LiveMessageTests
{
    private static readonly DateTimeOffset At = new(2026, 3, 1, 12, 30, 0, TimeSpan.Zero);

    public static TheoryData<object, string> Messages() =>
        new()
        {
            {
                new OrderChangedMessage("65f000000000000000000001", "65f0000000000000000000aa", "ML-000042", "Film history", "paid", At),
                """{"orderId":"65f000000000000000000001","customerId":"65f0000000000000000000aa","orderNumber":"ML-000042","item":"Film history","status":"paid","changedAt":"2026-03-01T12:30:00Z"}"""
            },
            {
                new NotificationMessage(
                    "65f000000000000000000002",
                    "65f0000000000000000000aa",
                    "grade",
                    "Graded",
                    "You got 90.",
                    "/courses/1",
                    At
                ),
                """{"id":"65f000000000000000000002","userId":"65f0000000000000000000aa","kind":"grade","title":"Graded","text":"You got 90.","link":"/courses/1","createdAt":"2026-03-01T12:30:00Z"}"""
            },
            {
                new AccessLostMessage("65f0000000000000000000aa", "course:65f0000000000000000000bb"),
                """{"userId":"65f0000000000000000000aa","room":"course:65f0000000000000000000bb"}"""
            },
            { new RoomClosedMessage("course:65f0000000000000000000bb"), """{"room":"course:65f0000000000000000000bb"}""" },
            {
                new ImportProgressMessage("65f000000000000000000003", "65f0000000000000000000aa", "todos", "processing", 10, 4, 1, 2.5),
                """{"importId":"65f000000000000000000003","ownerId":"65f0000000000000000000aa","kind":"todos","state":"processing","total":10,"succeeded":4,"failed":1,"rowsPerSecond":2.5}"""
            },
        };

    [Theory]
    [MemberData(nameof(Messages))]
    public void A_message_is_serialized_to_this_JSON_and_deserialized_from_it(object message, string json)
    {
        Assert.Equal(
            json,
            JsonSerializer.Serialize(message, message.GetType(), Json.Options).Replace("\\u002B", "+", StringComparison.Ordinal)
        );
        Assert.Equal(message, JsonSerializer.Deserialize(json, message.GetType(), Json.Options));
    }

    [Fact]
    public void Channel_names_do_not_change() =>
        Assert.Equal(
            ["live:orders", "live:notifications", "live:accessLost", "live:roomClosed", "imports:progress"],
            [
                LiveChannels.Orders,
                LiveChannels.Notifications,
                LiveChannels.AccessLost,
                LiveChannels.RoomClosed,
                ImportSignals.ProgressChannel,
            ]
        );

    [Theory]
    [InlineData("lobby", true)]
    [InlineData("course:65f0000000000000000000bb", true)]
    [InlineData("dm:65f0000000000000000000aa:65f0000000000000000000bb", true)]
    [InlineData("dm:65f0000000000000000000bb:65f0000000000000000000aa", false)]
    [InlineData("dm:65f0000000000000000000aa:65f0000000000000000000aa", false)]
    [InlineData("course:65F0000000000000000000BB", false)]
    [InlineData("course:", false)]
    [InlineData("course:65f0000000000000000000bb\n", false)]
    [InlineData("Lobby", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void Only_the_canonical_name_of_a_room_is_parsed(string? text, bool isRoom)
    {
        Assert.Equal(isRoom, RoomNames.TryParse(text, out var name));
        if (isRoom)
            Assert.Equal(text, name.ToString());
    }

    [Fact]
    public void The_room_of_two_users_does_not_depend_on_their_order() =>
        Assert.Equal(RoomNames.Direct("a", "b"), RoomNames.Direct("b", "a"));
}
