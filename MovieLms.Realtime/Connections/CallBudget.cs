using MovieLms.Realtime.Chat;

namespace MovieLms.Realtime.Connections;

/// <summary>So many calls of a kind in each ten seconds of one connection, whose calls come one after the other.</summary>
internal sealed class CallBudget(int permits, TimeProvider time)
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);
    private long _began = time.GetTimestamp();
    private int _taken;

    /// <exception cref="Microsoft.AspNetCore.SignalR.HubException">All are used.</exception>
    internal void Take(string what)
    {
        var elapsed = time.GetElapsedTime(_began);
        if (elapsed >= Window) (_began, _taken, elapsed) = (time.GetTimestamp(), 0, TimeSpan.Zero);
        if (_taken >= permits) throw ChatErrors.TooMany($"{permits} {what} were made", Window - elapsed);
        _taken++;
    }
}
