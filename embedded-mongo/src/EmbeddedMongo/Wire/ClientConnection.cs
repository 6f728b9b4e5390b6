using System.Buffers;
using System.Net.Sockets;
using EmbeddedMongo.Bson;
using EmbeddedMongo.Commands;

namespace EmbeddedMongo.Wire;

/// <summary>
/// One client: reads a message, runs it, answers, in turn. An idle connection holds a socket and a small buffer; larger messages and
/// replies live on rented memory only while they are handled.
/// </summary>
internal sealed class ClientConnection(Socket socket, long id, CommandDispatcher dispatcher)
{
    private const int SmallBufferLength = 2048;

    private readonly byte[] _small = new byte[SmallBufferLength];
    private int _buffered;
    private int _replies;

    public long Id => id;

    /// <summary>Whether the peer has closed: asked by long operations, which nobody waits for any more.</summary>
    public bool IsGone
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

    public async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            while (await ReadMessageAsync(stopping) is { } message)
            {
                try
                {
                    await AnswerAsync(message.AsMemory(), stopping);
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
            // The peer is gone or does not speak the protocol; MongoDB closes the connection too.
        }
        finally
        {
            socket.Dispose();
        }
    }

    private async Task AnswerAsync(ReadOnlyMemory<byte> message, CancellationToken stopping)
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
        dispatcher.Execute(this, request, reply, stopping);
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
        if (length is < WireProtocol.HeaderLength or > BsonLimits.MaxMessageSize)
            throw new WireProtocolException($"Message length {length} is outside 16..{BsonLimits.MaxMessageSize}");

        // The buffer grows with the bytes that arrive, not with the length that was claimed.
        var message = new Message(Math.Min(length, 64 * 1024));
        try
        {
            var have = Math.Min(length, _buffered);
            message.Append(_small.AsSpan(0, have));
            _small.AsSpan(have, _buffered - have).CopyTo(_small);
            _buffered -= have;
            while (message.Length < length)
            {
                var read = await socket.ReceiveAsync(message.Free(length), stopping);
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

    /// <summary>A message's bytes on rented memory.</summary>
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

        public Memory<byte> Free(int total)
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
