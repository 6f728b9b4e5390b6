using System.Collections.Concurrent;
using MongoDB.Bson;
using MovieLms.ApiService.Http;

namespace MovieLms.ApiService.PersonalData;

/// <summary>Limits how many exports run at a time: a few per process, and one per user.</summary>
internal sealed class DataExportGate() : WorkGate(MaxConcurrent, MaxWaiting, "Too many exports are being created.")
{
    internal const int MaxConcurrent = 4;
    internal const int MaxWaiting = 32;
    private readonly ConcurrentDictionary<ObjectId, bool> _running = [];

    /// <summary>Reserves the user's only export.</summary>
    /// <returns>A reservation to dispose; null if another export of the user is running.</returns>
    internal IDisposable? TryReserve(ObjectId userId) => _running.TryAdd(userId, true) ? new Reservation(this, userId) : null;

    private sealed class Reservation(DataExportGate gate, ObjectId userId) : IDisposable
    {
        public void Dispose() => gate._running.TryRemove(userId, out _);
    }
}
