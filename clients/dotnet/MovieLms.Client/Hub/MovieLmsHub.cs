using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;

namespace MovieLms.Client.Hub;

/// <summary>A hub call that the server refused.</summary>
public sealed partial class MovieLmsHubException : Exception
{
    internal MovieLmsHubException(HubException cause)
        : this(cause, Pattern().Match(cause.Message)) { }

    private MovieLmsHubException(HubException cause, Match match)
        : base(match.Success ? match.Groups["detail"].Value : cause.Message, cause) =>
        Code = match.Success ? match.Groups["code"].Value : null;

    /// <summary>A stable code, such as <c>roomNotFound</c>; null if the server failed unexpectedly.</summary>
    public string? Code { get; }

    [GeneratedRegex(@"HubException: (?<code>\w+): (?<detail>.*)$", RegexOptions.Singleline)]
    private static partial Regex Pattern();
}

/// <summary>
/// A connection to the chat hub, with typed methods and events. It connects again when it is lost; then join the rooms again.
/// </summary>
public sealed partial class MovieLmsHub : IAsyncDisposable
{
    private MovieLmsHub(HubConnection connection) => Connection = connection;

    /// <summary>The connection of the SignalR library.</summary>
    public HubConnection Connection { get; }

    /// <summary>Connects to the hub.</summary>
    /// <param name="address">The address of the hub.</param>
    /// <param name="accessToken">Returns an access token; called for each connection.</param>
    public static async Task<MovieLmsHub> ConnectAsync(
        Uri address,
        Func<Task<string?>> accessToken,
        CancellationToken cancellationToken = default
    )
    {
        var connection = new HubConnectionBuilder()
            .WithUrl(
                address,
                options =>
                {
                    options.AccessTokenProvider = accessToken;
                    options.Transports = HttpTransportType.WebSockets;
                    options.SkipNegotiation = true;
                }
            )
            .WithAutomaticReconnect(new GrowingDelay())
            .Build();
        try
        {
            await connection.StartAsync(cancellationToken).ConfigureAwait(false);
            return new MovieLmsHub(connection);
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public ValueTask DisposeAsync() => Connection.DisposeAsync();

    private async Task<T> CallAsync<T>(string method, object?[] arguments, CancellationToken cancellationToken)
    {
        try
        {
            return await Connection.InvokeCoreAsync<T>(method, arguments, cancellationToken).ConfigureAwait(false);
        }
        catch (HubException e)
        {
            throw new MovieLmsHubException(e);
        }
    }

    private async Task CallAsync(string method, object?[] arguments, CancellationToken cancellationToken)
    {
        try
        {
            await Connection.InvokeCoreAsync(method, arguments, cancellationToken).ConfigureAwait(false);
        }
        catch (HubException e)
        {
            throw new MovieLmsHubException(e);
        }
    }

    private sealed class GrowingDelay : IRetryPolicy
    {
        private static readonly double[] Seconds = [0, 1, 2, 5, 10, 30];

        public TimeSpan? NextRetryDelay(RetryContext retryContext) =>
            TimeSpan.FromSeconds(
                Seconds[Math.Min(retryContext.PreviousRetryCount, Seconds.Length - 1)] * (0.5 + (Random.Shared.NextDouble() / 2))
            );
    }
}
