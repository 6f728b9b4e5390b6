using System.Net;
using Microsoft.AspNetCore.Http;

namespace MovieLms.Web.Tests.Gateway;

public sealed class UploadTests
{
    private const long Large = 45 * 1024 * 1024;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_large_body_is_streamed(bool hasLength)
    {
        await using var backend = await Backend.StartAsync();
        await using var gateway = await GatewayHost.StartAsync([("apiservice", backend.Address)]);
        using var response = await gateway.Client.PostAsync("/api/movies/import", new StreamContent(new Zeros(Large, hasLength)));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(Large, Assert.Single(backend.Received).BodyBytes);
    }

    [Fact]
    public async Task A_rejection_before_the_upload_reaches_the_client()
    {
        await using var backend = await Backend.StartAsync(context =>
        {
            context.Response.StatusCode = StatusCodes.Status413PayloadTooLarge;
            return context.Response.WriteAsync("too large");
        });
        await using var gateway = await GatewayHost.StartAsync([("apiservice", backend.Address)]);
        using var response = await gateway.Client.PostAsync("/api/movies/import", new StreamContent(new Zeros(Large, hasLength: true)));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        Assert.Equal("too large", await response.Content.ReadAsStringAsync());
        Assert.Single(backend.Received);
    }

    /// <summary>A stream of zeros. Without a known length, the client sends it in chunks.</summary>
    private sealed class Zeros(long length, bool hasLength) : Stream
    {
        private long _position;

        public override bool CanRead => true;
        public override bool CanSeek => hasLength;
        public override bool CanWrite => false;
        public override long Length => length;
        public override long Position
        {
            get => _position;
            set => _position = value;
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var part = (int)Math.Min(count, length - _position);
            buffer.AsSpan(offset, part).Clear();
            _position += part;
            return part;
        }

        public override long Seek(long offset, SeekOrigin origin) => _position = offset;

        public override void Flush() => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
