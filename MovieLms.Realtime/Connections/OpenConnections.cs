using System.Collections.Concurrent;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Options;
using MovieLms.Realtime.Contracts;
using MovieLms.ServiceDefaults.Access;

namespace MovieLms.Realtime.Connections;

/// <summary>The open connections of this node, by ID and by user.</summary>
internal sealed class OpenConnections(ValidatedTokens tokens, IOptions<RealtimeOptions> options, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, OpenConnection> _byId = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, OpenConnection[]> _byUser = new(StringComparer.Ordinal);

    internal IEnumerable<OpenConnection> All => _byId.Values;

    internal int Count => _byId.Count;

    /// <summary>True once shutdown has started. New connections are refused, and calls fail with an error to reconnect.</summary>
    internal bool IsStopping { get; set; }

    internal OpenConnection? Find(string connectionId) => _byId.GetValueOrDefault(connectionId);

    /// <exception cref="HubException">The connection is closing.</exception>
    internal OpenConnection Get(string connectionId) =>
        Find(connectionId) ?? throw (IsStopping ? ChatErrors.Stopping() : ChatErrors.Ended());

    internal IEnumerable<OpenConnection> GetByUser(string userId) => _byUser.GetValueOrDefault(userId) ?? [];

    /// <exception cref="HubException">The token is no longer valid, or the user has too many connections.</exception>
    internal async Task AddAsync(HubCallerContext context)
    {
        if (IsStopping)
            throw ChatErrors.Stopping();
        var text = context.GetHttpContext() is { } http ? BearerToken.Read(http.Request) : null;
        if (text is null || await tokens.ValidateAsync(text, context.ConnectionAborted) is not { } token)
            throw ChatErrors.Ended();
        var max = options.Value.ConnectionsPerUser;
        var connection = new OpenConnection(context, token, options.Value, time);
        _byUser.AddOrUpdate(
            token.UserId,
            _ => [connection],
            (_, open) =>
                open.Length < max ? [.. open, connection] : throw ChatErrors.TooMany($"{max} connections are open", TimeSpan.FromSeconds(1))
        );
        _byId[connection.Id] = connection;
        ChatMetrics.Connected();
    }

    /// <summary>
    /// Records a typing event. Returns false when one of the user's connections sent one to the room within the interval.
    /// </summary>
    internal bool TryType(OpenConnection connection, string room) =>
        GetByUser(connection.Token.UserId).All(other => other == connection || !other.HasTyped(room)) && connection.TryType(room);

    internal OpenConnection? Remove(string connectionId)
    {
        if (!_byId.TryRemove(connectionId, out var connection))
            return null;
        ChatMetrics.Disconnected();
        var userId = connection.Token.UserId;
        while (_byUser.TryGetValue(userId, out var open))
        {
            OpenConnection[] rest = [.. open.Where(other => other != connection)];
            if (rest.Length == 0 ? _byUser.TryRemove(KeyValuePair.Create(userId, open)) : _byUser.TryUpdate(userId, rest, open))
                break;
        }
        return connection;
    }
}
