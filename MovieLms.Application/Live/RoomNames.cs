using System.Diagnostics.CodeAnalysis;

namespace MovieLms.Application.Live;

/// <summary>What a room is for.</summary>
public enum RoomKind
{
    /// <summary>Everybody's.</summary>
    Lobby,

    /// <summary>One course's: its students and staff.</summary>
    Course,

    /// <summary>Two users'.</summary>
    Direct,
}

/// <summary>A room's name, read.</summary>
/// <param name="Kind">What it is for.</param>
/// <param name="First">The course's id, or the smaller of the two users' ids; null for the lobby.</param>
/// <param name="Second">The greater of the two users' ids, else null.</param>
public readonly record struct RoomName(RoomKind Kind, string? First, string? Second)
{
    /// <summary>The one text form.</summary>
    public override string ToString() =>
        Kind switch
        {
            RoomKind.Course => RoomNames.Course(First!),
            RoomKind.Direct => RoomNames.Direct(First!, Second!),
            _ => RoomNames.Lobby,
        };
}

/// <summary>Room names: made and read here and nowhere else. Ids are 24 hexadecimal digits in lower case.</summary>
public static class RoomNames
{
    /// <summary>The room of everybody who is signed in.</summary>
    public const string Lobby = "lobby";

    private const string CoursePrefix = "course:";
    private const string DirectPrefix = "dm:";
    private const int IdLength = 24;

    /// <summary>The room of a course.</summary>
    public static string Course(string courseId) => CoursePrefix + courseId;

    /// <summary>The room of two users, the same whoever names it first.</summary>
    public static string Direct(string userId, string otherId) =>
        string.CompareOrdinal(userId, otherId) <= 0 ? $"{DirectPrefix}{userId}:{otherId}" : $"{DirectPrefix}{otherId}:{userId}";

    /// <summary>True for the name of two users' room.</summary>
    public static bool IsDirect(string room) => TryParse(room, out var name) && name.Kind == RoomKind.Direct;

    /// <summary>Reads a name.</summary>
    /// <returns>False for anything but the one form of a room: another order of the two users or another case of digits is none.</returns>
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
