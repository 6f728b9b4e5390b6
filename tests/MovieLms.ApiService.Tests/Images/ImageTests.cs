using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.ApiService.Tests.Courses;
using MovieLms.Reports.Images;
using SkiaSharp;

namespace MovieLms.ApiService.Tests.Images;

/// <summary>Avatars of users and posters of movies.</summary>
public sealed class ImageTests(LearningFixture api) : IClassFixture<LearningFixture>
{
    [Theory]
    [InlineData(SKEncodedImageFormat.Png, "image/png")]
    [InlineData(SKEncodedImageFormat.Jpeg, "image/jpeg")]
    [InlineData(SKEncodedImageFormat.Webp, "image/webp")]
    public async Task An_avatar_is_a_square_that_every_signed_in_user_can_read(SKEncodedImageFormat format, string type)
    {
        var user = await api.CreateUserAsync();
        var path = $"/api/users/{user.Id}/avatar";
        Assert.Equal(HttpStatusCode.NoContent, (await PutAsync(user.Client, path, Draw(800, 400, format), type)).StatusCode);
        using var response = await api.Student().GetAsync(path);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("image/jpeg", response.Content.Headers.ContentType?.MediaType);
        Assert.Contains("sandbox", response.Headers.GetValues("Content-Security-Policy").Single());
        Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal((256, 256), SizeOf(await response.Content.ReadAsByteArrayAsync()));
        using var again = new HttpRequestMessage(HttpMethod.Get, path);
        again.Headers.IfNoneMatch.Add(response.Headers.ETag!);
        Assert.Equal(HttpStatusCode.NotModified, (await user.Client.SendAsync(again)).StatusCode);
        var files = await CountFilesAsync();
        Assert.Equal(HttpStatusCode.NoContent, (await PutAsync(user.Client, path, Draw(10, 10, format), type)).StatusCode);
        Assert.NotEqual(response.Headers.ETag, (await user.Client.GetAsync(path)).Headers.ETag);
        Assert.Equal(files, await CountFilesAsync());
    }

    [Fact]
    public async Task An_avatar_is_changed_only_by_its_user_and_deleted_by_the_user_or_an_administrator()
    {
        var user = await api.CreateUserAsync();
        var path = $"/api/users/{user.Id}/avatar";
        Assert.Equal(HttpStatusCode.Forbidden, (await PutAsync(api.Admin(), path, Draw(10, 10), "image/png")).StatusCode);
        (await PutAsync(user.Client, path, Draw(10, 10), "image/png")).EnsureSuccessStatusCode();
        Assert.Equal(HttpStatusCode.Forbidden, (await api.Instructor().DeleteAsync(path)).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await api.Admin().DeleteAsync(path)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await user.Client.GetAsync(path)).StatusCode);
    }

    [Fact]
    public async Task A_movie_says_whether_it_has_a_poster()
    {
        var movie = await api.AddMovieAsync(new { title = Guid.NewGuid().ToString("N") });
        var (address, path) = ($"/api/movies/{movie.Id()}", $"/api/movies/{movie.Id()}/poster");
        Assert.False(movie.GetProperty("hasPoster").GetBoolean());
        using var before = await api.Anonymous.GetAsync(address);
        using var instructor = api.Instructor();
        (await PutAsync(instructor, path, Draw(20, 30), "image/png")).EnsureSuccessStatusCode();
        using var after = await api.Anonymous.GetAsync(address);
        Assert.True((await after.JsonAsync()).GetProperty("hasPoster").GetBoolean());
        Assert.NotEqual(before.Headers.ETag, after.Headers.ETag);
        // An edit keeps it.
        var edit = new { title = Guid.NewGuid().ToString("N") };
        Assert.True((await (await instructor.PutAsJsonAsync(address, edit)).JsonAsync()).GetProperty("hasPoster").GetBoolean());

        (await instructor.DeleteAsync(path)).EnsureSuccessStatusCode();
        Assert.False((await (await api.Anonymous.GetAsync(address)).JsonAsync()).GetProperty("hasPoster").GetBoolean());
        Assert.Equal(HttpStatusCode.NotFound, (await instructor.DeleteAsync(path)).StatusCode);
    }

    [Fact]
    public async Task A_poster_is_public_scaled_down_and_deleted_and_restored_with_its_movie()
    {
        var movie = (await api.AddMovieAsync(new { title = Guid.NewGuid().ToString("N") })).Id();
        var path = $"/api/movies/{movie}/poster";
        using var instructor = api.Instructor();
        (await PutAsync(instructor, path, Draw(2_000, 1_000), "image/png")).EnsureSuccessStatusCode();
        using var response = await api.Anonymous.GetAsync(path);
        Assert.True(response.Headers.CacheControl?.Public);
        Assert.Equal((600, 300), SizeOf(await response.Content.ReadAsByteArrayAsync()));
        (await instructor.DeleteAsync($"/api/movies/{movie}")).EnsureSuccessStatusCode();
        Assert.Equal(HttpStatusCode.NotFound, (await api.Anonymous.GetAsync(path)).StatusCode);
        (await api.Admin().PostAsync($"/api/movies/{movie}/restore", null)).EnsureSuccessStatusCode();
        Assert.Equal(HttpStatusCode.OK, (await api.Anonymous.GetAsync(path)).StatusCode);
    }

    [Fact]
    public async Task Files_that_are_not_usable_images_are_rejected()
    {
        var user = await api.CreateUserAsync();
        var path = $"/api/users/{user.Id}/avatar";
        var png = Draw(100, 100);
        await (await PutAsync(user.Client, path, Encoding.UTF8.GetBytes("<svg/>"), "image/png")).AssertProblemAsync(400, "body");
        await (await PutAsync(user.Client, path, png[..(png.Length / 2)], "image/png")).AssertProblemAsync(400, "body");
        await (await PutAsync(user.Client, path, [], "image/png")).AssertProblemAsync(400, "body");
        await (await PutAsync(user.Client, path, WithSize(png, 5_000, 4_000), "image/png")).AssertProblemAsync(400, "body");
        await (await PutAsync(user.Client, path, png, "image/svg+xml")).AssertProblemAsync(415);
        await (await PutAsync(user.Client, path, new byte[(5 * 1024 * 1024) + 1], "image/png")).AssertProblemAsync(413);
        Assert.Equal(HttpStatusCode.NotFound, (await user.Client.GetAsync(path)).StatusCode);
    }

    [Fact]
    public void Metadata_and_data_after_the_image_are_dropped()
    {
        byte[] file = [.. Draw(300, 300, SKEncodedImageFormat.Jpeg), .. Encoding.ASCII.GetBytes("<script>alert(1)</script>")];
        Assert.DoesNotContain("script", Encoding.ASCII.GetString(ImageResizer.Fit(file, 600, 900)), StringComparison.Ordinal);
    }

    /// <summary>A PNG file declares its size in the header, where an attacker can write any.</summary>
    private static byte[] WithSize(byte[] png, int width, int height)
    {
        byte[] changed = [.. png];
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(changed.AsSpan(16), width);
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(changed.AsSpan(20), height);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(
            changed.AsSpan(29),
            System.IO.Hashing.Crc32.HashToUInt32(changed.AsSpan(12, 17))
        );
        return changed;
    }

    private static byte[] Draw(int width, int height, SKEncodedImageFormat format = SKEncodedImageFormat.Png)
    {
        using var bitmap = new SKBitmap(width, height);
        bitmap.Erase(SKColors.Teal);
        using var image = SKImage.FromBitmap(bitmap);
        using var data = image.Encode(format, 90);
        return data.ToArray();
    }

    private static (int Width, int Height) SizeOf(byte[] file)
    {
        using var bitmap = SKBitmap.Decode(file);
        return (bitmap.Width, bitmap.Height);
    }

    private static Task<HttpResponseMessage> PutAsync(HttpClient client, string path, byte[] file, string type)
    {
        var content = new ByteArrayContent(file);
        content.Headers.ContentType = new MediaTypeHeaderValue(type);
        return client.PutAsync(path, content);
    }

    private Task<long> CountFilesAsync() =>
        api.Host.Database.GetCollection<BsonDocument>("files.files").CountDocumentsAsync(new BsonDocument());
}
