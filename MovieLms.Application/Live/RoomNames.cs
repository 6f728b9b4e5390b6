using System.Diagnostics.CodeAnalysis;

namespace MovieLms.Application.Live;

/// <summary>The kind of a room.</summary>
public enum RoomKind
{
    /// <summary>Open to every signed-in user.</summary>
    Lobby,

    /// <summary>For a course's students and staff.</summary>
    Course,

    /// <summary>For two users.</summary>
    Direct,
}

/// <summary>A parsed room name.</summary>
/// <param name="Kind">The kind of the room.</param>
/// <param name="First">The course's ID, or the smaller of the two users' IDs; null for the lobby.</param>
/// <param name="Second">The greater of the two users' IDs; null unless the room is direct.</param>
public readonly record struct RoomName(RoomKind Kind, string? First, string? Second)
{
    /// <summary>Returns the canonical text.</summary>
    public override string ToString() =>
        Kind switch
        {
            RoomKind.Course => RoomNames.Course(First!),
            RoomKind.Direct => RoomNames.Direct(First!, Second!),
            _ => RoomNames.Lobby,
        };
}

/// <summary>Formats and parses room names. No other code does. IDs are 24 lower-case hexadecimal digits.</summary>
public static class RoomNames
{
    /// <summary>The room of all signed-in users.</summary>
    public const string Lobby = "lobby";

    /// <summary>The title of the room of all users.</summary>
    public const string LobbyTitle = "Lobby";

    private const string CoursePrefix = "course:";
    private const string DirectPrefix = "dm:";
    private const int IdLength = 24;

    /// <summary>Returns the name of a course's room.</summary>
    public static string Course(string courseId) => CoursePrefix + courseId;

    /// <summary>Returns the name of two users' room. The order of the users does not matter.</summary>
    public static string Direct(string userId, string otherId) =>
        string.CompareOrdinal(userId, otherId) <= 0 ? $"{DirectPrefix}{userId}:{otherId}" : $"{DirectPrefix}{otherId}:{userId}";

    /// <summary>Returns whether the name is that of two users' room.</summary>
    public static bool IsDirect(string room) => TryParse(room, out var name) && name.Kind == RoomKind.Direct;

    /// <summary>Parses a room name.</summary>
    /// <returns>False unless the text is canonical: users in ascending order, digits in lower case.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, out RoomName name)
    {
        name = default;
        if (text == Lobby)
            return true;
        if (text is null)
            return false;
        if (text.StartsWith(CoursePrefix, StringComparison.Ordinal))
            return IsId(text.AsSpan(CoursePrefix.Length)) && Set(out name, new(RoomKind.Course, text[CoursePrefix.Length..], null));
        if (!text.StartsWith(DirectPrefix, StringComparison.Ordinal) || text.Length != DirectPrefix.Length + IdLength + 1 + IdLength)
            return false;
        var (first, second) = (text.Substring(DirectPrefix.Length, IdLength), text[^IdLength..]);
        if (text[DirectPrefix.Length + IdLength] != ':' || !IsId(first) || !IsId(second) || string.CompareOrdinal(first, second) >= 0)
            return false;
        return Set(out name, new(RoomKind.Direct, first, second));
    }

    private static bool Set(out RoomName name, RoomName value)
    {
        name = value;
        return true;
    }

    private static bool IsId(ReadOnlySpan<char> text) => text.Length == IdLength && !text.ContainsAnyExcept("0123456789abcdef");
}
