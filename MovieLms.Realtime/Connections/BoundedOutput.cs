using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;

namespace MovieLms.Realtime.Connections;

/// <summary>
/// Drops a client that does not read: the transport takes so many bytes without asking anybody to wait (its own bound), and
/// when a write would have to wait, the connection is ended instead, since a sender that waits for one would hold up all.
/// </summary>
internal sealed partial class BoundedOutput(PipeWriter inner, ConnectionContext connection, ILogger logger) : PipeWriter
{
    internal static void Use(IConnectionBuilder connections, ILogger logger) =>
        connections.Use(next =>
            connection =>
            {
                connection.Transport = new Pipes(
                    connection.Transport.Input,
                    new BoundedOutput(connection.Transport.Output, connection, logger)
                );
                return next(connection);
            }
        );

    public override bool CanGetUnflushedBytes => inner.CanGetUnflushedBytes;

    public override long UnflushedBytes => inner.UnflushedBytes;

    public override void Advance(int bytes) => inner.Advance(bytes);

    public override Memory<byte> GetMemory(int sizeHint = 0) => inner.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => inner.GetSpan(sizeHint);

    public override void CancelPendingFlush() => inner.CancelPendingFlush();

    public override void Complete(Exception? exception = null) => inner.Complete(exception);

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) =>
        Bounded(inner.FlushAsync(cancellationToken));

    public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default) =>
        Bounded(inner.WriteAsync(source, cancellationToken));

    private ValueTask<FlushResult> Bounded(ValueTask<FlushResult> flush)
    {
        if (flush.IsCompleted)
            return flush;
        LogDropped(logger, connection.ConnectionId);
        connection.Abort(new ConnectionAbortedException("The client does not read what it is sent."));
        inner.CancelPendingFlush();
        return flush;
    }

    [LoggerMessage(LogLevel.Information, "Connection {ConnectionId} was dropped: it does not read what it is sent")]
    private static partial void LogDropped(ILogger logger, string connectionId);

    private sealed class Pipes(PipeReader input, PipeWriter output) : IDuplexPipe
    {
        public PipeReader Input => input;

        public PipeWriter Output => output;
    }
}
