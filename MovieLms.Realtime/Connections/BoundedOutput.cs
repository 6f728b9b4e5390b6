using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;

namespace MovieLms.Realtime.Connections;

/// <summary>
/// Aborts the connection of a client that does not read. The transport buffers a limited number of bytes. When that buffer is
/// full, a write would have to wait, and one waiting write would delay all other receivers.
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
        AbortUnlessCompleted(inner.FlushAsync(cancellationToken));

    public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default) =>
        AbortUnlessCompleted(inner.WriteAsync(source, cancellationToken));

    private ValueTask<FlushResult> AbortUnlessCompleted(ValueTask<FlushResult> flush)
    {
        if (flush.IsCompleted)
            return flush;
        LogAborted(logger, connection.ConnectionId);
        connection.Abort(new ConnectionAbortedException("The client does not read the data sent to it."));
        inner.CancelPendingFlush();
        return flush;
    }

    [LoggerMessage(LogLevel.Information, "Connection {ConnectionId} was aborted: the client does not read the data sent to it")]
    private static partial void LogAborted(ILogger logger, string connectionId);

    private sealed class Pipes(PipeReader input, PipeWriter output) : IDuplexPipe
    {
        public PipeReader Input => input;

        public PipeWriter Output => output;
    }
}
