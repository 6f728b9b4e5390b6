using System.Net;
using System.Net.Sockets;
using System.Text;
using MovieLms.Testing;

namespace MovieLms.ApiService.Tests.Imports;

/// <summary>Rejected uploads leave no import, no file and no chunk behind.</summary>
public sealed class RefusedUploadTests(ImportHost imports) : IClassFixture<ImportHost>
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_png_image_returns_415_with_its_type(bool isForm)
    {
        using var response = await imports.PostAsync(
            isForm ? ImportHost.Form(ImportHost.Png, "text/csv") : ImportHost.Raw(ImportHost.Png, "application/octet-stream")
        );
        var problem = await ImportHost.ReadProblemAsync(response, HttpStatusCode.UnsupportedMediaType);
        Assert.Contains("PNG", problem.GetProperty("errors").GetProperty("file")[0].GetString(), StringComparison.Ordinal);
        Assert.Equal((0, 0, 0), await imports.CountRemainingAsync());
    }

    [Theory]
    [InlineData(new byte[] { 0x50, 0x4B, 3, 4, 0, 0, 0, 0 }, "ZIP")]
    [InlineData(new byte[] { 0x1F, 0x8B, 8, 0, 0, 0, 0, 0 }, "gzip")]
    public async Task An_archive_returns_415_with_its_type(byte[] file, string name)
    {
        using var response = await imports.PostAsync(ImportHost.Form(file, "text/csv"));
        var problem = await ImportHost.ReadProblemAsync(response, HttpStatusCode.UnsupportedMediaType);
        Assert.Contains(name, problem.GetProperty("errors").GetProperty("file")[0].GetString(), StringComparison.Ordinal);
        Assert.Equal((0, 0, 0), await imports.CountRemainingAsync());
    }

    [Fact]
    public async Task A_compressed_body_returns_415()
    {
        using var content = ImportHost.Raw([0x1F, 0x8B, 8, 0, 0, 0, 0, 0], "text/csv");
        content.Headers.ContentEncoding.Add("gzip");
        using var response = await imports.PostAsync(content);
        await ImportHost.ReadProblemAsync(response, HttpStatusCode.UnsupportedMediaType);
        Assert.Equal((0, 0, 0), await imports.CountRemainingAsync());
    }

    [Theory]
    [InlineData("image/png")]
    [InlineData("application/xml")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("multipart/mixed; boundary=x")]
    public async Task An_unsupported_content_type_returns_415(string type)
    {
        using var response = await imports.PostAsync(ImportHost.Raw("title\na\n"u8.ToArray(), type));
        await ImportHost.ReadProblemAsync(response, HttpStatusCode.UnsupportedMediaType);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_60_MB_file_returns_413(bool isForm)
    {
        var file = new byte[60 * 1024 * 1024];
        Array.Fill(file, (byte)'a');
        "title\n"u8.CopyTo(file);
        using var response = await imports.PostAsync(isForm ? ImportHost.Form(file, "text/csv") : ImportHost.Raw(file, "text/csv"));
        var problem = await ImportHost.ReadProblemAsync(response, HttpStatusCode.RequestEntityTooLarge);
        Assert.True(problem.GetProperty("errors").TryGetProperty("file", out _));
        Assert.Equal((0, 0, 0), await imports.CountRemainingAsync());
    }

    [Fact]
    public async Task A_60_MB_body_of_unknown_length_returns_413()
    {
        using var body = new StreamContent(new GeneratedStream(60 * 1024 * 1024));
        body.Headers.ContentType = new("text/csv");
        using var request = new HttpRequestMessage(HttpMethod.Post, ImportHost.MoviesPath) { Content = body };
        request.Headers.TransferEncodingChunked = true;
        using var response = await imports.Instructor.Client.SendAsync(request);
        await ImportHost.ReadProblemAsync(response, HttpStatusCode.RequestEntityTooLarge);
        await Eventually.WaitUntilAsync(async () => await imports.CountRemainingAsync() == (0, 0, 0), "the bytes are deleted");
    }

    [Fact]
    public async Task A_missing_or_broken_file_returns_400()
    {
        using var empty = await imports.PostAsync(ImportHost.Raw([], "text/csv"));
        Assert.True(
            (await ImportHost.ReadProblemAsync(empty, HttpStatusCode.BadRequest)).GetProperty("errors").TryGetProperty("file", out _)
        );
        using var other = await imports.PostAsync(ImportHost.Form("title\na\n"u8.ToArray(), "text/csv", field: "document"));
        Assert.True(
            (await ImportHost.ReadProblemAsync(other, HttpStatusCode.BadRequest)).GetProperty("errors").TryGetProperty("file", out _)
        );
        using var broken = await imports.PostAsync(
            ImportHost.Raw(
                "--x\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\ntitle"u8.ToArray(),
                "multipart/form-data; boundary=x"
            )
        );
        await ImportHost.ReadProblemAsync(broken, HttpStatusCode.BadRequest);
        using var boundless = await imports.PostAsync(ImportHost.Raw("x"u8.ToArray(), "multipart/form-data"));
        await ImportHost.ReadProblemAsync(boundless, HttpStatusCode.BadRequest);
        Assert.Equal((0, 0, 0), await imports.CountRemainingAsync());
    }

    [Fact]
    public async Task An_interrupted_upload_leaves_nothing()
    {
        using (var socket = new TcpClient())
        {
            await socket.ConnectAsync(imports.Host.Address.Host, imports.Host.Address.Port);
            var stream = socket.GetStream();
            await stream.WriteAsync(
                Encoding.ASCII.GetBytes(
                    $"POST {ImportHost.MoviesPath} HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/csv\r\nContent-Length: 20000000\r\n"
                        + $"Authorization: Bearer {imports.Instructor.AccessToken}\r\n\r\ntitle\n"
                )
            );
            var line = Encoding.ASCII.GetBytes(new string('a', 1_023) + "\n");
            for (var i = 0; i < 4_000; i++)
                await stream.WriteAsync(line);
            await Eventually.WaitUntilAsync(async () => await imports.CountAsync("files.chunks") > 0, "some bytes are stored");
        }
        await Eventually.WaitUntilAsync(async () => await imports.CountRemainingAsync() == (0, 0, 0), "the bytes are deleted");
    }

    /// <summary>A stream of empty lines, generated on read and without a known length.</summary>
    private sealed class GeneratedStream(long length) : MemoryStream
    {
        private long _remaining = length;

        public override bool CanSeek => false;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var count = (int)Math.Min(buffer.Length, _remaining);
            buffer.Span[..count].Fill((byte)'\n');
            _remaining -= count;
            return ValueTask.FromResult(count);
        }
    }
}
