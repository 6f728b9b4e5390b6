using System.Buffers;
using System.Net.Sockets;
using EmbeddedMongo.Authentication;
using EmbeddedMongo.Bson;
using EmbeddedMongo.Commands;

namespace EmbeddedMongo.Wire;

/// <summary>
/// A client connection. Reads messages, runs them and replies, one at a time. An idle connection has only a socket and a small buffer.
/// Larger messages and replies use rented memory while they are processed.
/// </summary>
internal sealed class ClientConnection(Socket socket, long id, ClientAuthentication authentication, CommandDispatcher dispatcher)
{
    private const int SmallBufferLength = 2048;

    /// <summary>Maximum length of a message before authentication. Handshakes are much smaller.</summary>
    private const int MaxUnauthorizedMessageSize = 64 * 1024;

    private readonly byte[] _small = new byte[SmallBufferLength];
    private int _buffered;
    private int _replies;

    public long Id => id;

    public ClientAuthentication Authentication => authentication;

    /// <summary>Whether the client has closed the connection. Long operations check it in order to stop.</summary>
    public bool IsDisconnected
    {
        get
        {
            try
            {
                return socket.Poll(0, SelectMode.SelectRead) && socket.Available == 0;
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException)
            {
                return true;
            }
        }
    }

    /// <summary>Address and port of the client.</summary>
    public string RemoteAddress { get; } = socket.RemoteEndPoint?.ToString() ?? "";

    /// <summary>Waits until the client sends something or disconnects, or the wait is canceled. Reads nothing.</summary>
    public async Task WaitForInputAsync(CancellationToken canceled)
    {
        try
        {
            await socket.ReceiveAsync(Memory<byte>.Empty, SocketFlags.None, canceled);
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // IsDisconnected tells the cases apart.
        }
    }

    public async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            while (await ReadMessageAsync(stopping) is { } message)
            {
                try
                {
                    await ExecuteAsync(message.AsMemory(), stopping);
                }
                finally
                {
                    message.Release();
                }
            }
        }
        catch (Exception error)
            when (error
                    is SocketException
                        or OperationCanceledException
                        or ObjectDisposedException
                        or WireProtocolException
                        or InvalidBsonException
            )
        {
            // The client disconnected or violated the protocol. MongoDB closes the connection in this case, too.
        }
        finally
        {
            socket.Dispose();
        }
    }

    private async Task ExecuteAsync(ReadOnlyMemory<byte> message, CancellationToken stopping)
    {
        var header = MessageHeader.Read(message.Span);
        var request = header.OpCode switch
        {
            WireProtocol.OpMsg => CommandRequest.ParseMessage(message),
            WireProtocol.OpQuery => CommandRequest.ParseQuery(message),
            _ => throw new WireProtocolException($"Unsupported opcode {header.OpCode}"),
        };
        using var buffer = new PooledBuffer(SmallBufferLength);
        var reply = new ReplyBuilder(buffer);
        await dispatcher.ExecuteAsync(this, request, reply, stopping);
        if (!request.MoreToCome)
        {
            var bytes = reply.Finish(++_replies, header.RequestId);
            while (!bytes.IsEmpty)
                bytes = bytes[await socket.SendAsync(bytes, stopping)..];
        }
    }

    private async ValueTask<Message?> ReadMessageAsync(CancellationToken stopping)
    {
        while (_buffered < WireProtocol.HeaderLength)
        {
            var read = await socket.ReceiveAsync(_small.AsMemory(_buffered), stopping);
            if (read == 0)
                return null;

            _buffered += read;
        }

        var length = MessageHeader.Read(_small).Length;
        var maxLength = Authentication.IsAuthorized ? BsonLimits.MaxMessageSize : MaxUnauthorizedMessageSize;
        if (length < WireProtocol.HeaderLength || length > maxLength)
            throw new WireProtocolException($"Message length {length} must be between 16 and {maxLength}");

        // The buffer grows with the received bytes and does not trust the declared length.
        var message = new Message(Math.Min(length, 64 * 1024));
        try
        {
            var available = Math.Min(length, _buffered);
            message.Append(_small.AsSpan(0, available));
            _small.AsSpan(available, _buffered - available).CopyTo(_small);
            _buffered -= available;
            while (message.Length < length)
            {
                var read = await socket.ReceiveAsync(message.GetFreeMemory(length), stopping);
                if (read == 0)
                {
                    message.Release();
                    return null;
                }

                message.Advance(read);
            }

            return message;
        }
        catch
        {
            message.Release();
            throw;
        }
    }

    /// <summary>The bytes of a message in rented memory.</summary>
    private sealed class Message(int capacity)
    {
        private byte[] _bytes = ArrayPool<byte>.Shared.Rent(capacity);

        public int Length { get; private set; }

        public ReadOnlyMemory<byte> AsMemory() => _bytes.AsMemory(0, Length);

        public void Append(ReadOnlySpan<byte> bytes)
        {
            bytes.CopyTo(_bytes);
            Length = bytes.Length;
        }

        public Memory<byte> GetFreeMemory(int total)
        {
            if (Length == _bytes.Length)
            {
                var larger = ArrayPool<byte>.Shared.Rent(Math.Min(total, _bytes.Length * 4));
                _bytes.AsSpan(0, Length).CopyTo(larger);
                ArrayPool<byte>.Shared.Return(_bytes);
                _bytes = larger;
            }

            return _bytes.AsMemory(Length, Math.Min(total, _bytes.Length) - Length);
        }

        public void Advance(int count) => Length += count;

        public void Release()
        {
            var bytes = _bytes;
            _bytes = [];
            if (bytes.Length > 0)
                ArrayPool<byte>.Shared.Return(bytes);
        }
    }
}
