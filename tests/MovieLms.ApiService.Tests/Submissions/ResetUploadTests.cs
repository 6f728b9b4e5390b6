using System.Net.Sockets;
using System.Text;
using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.ApiService.Tests.Courses;
using MovieLms.Data.Submissions;
using MovieLms.Testing;

namespace MovieLms.ApiService.Tests.Submissions;

/// <summary>Clients that reset their connection at any moment leave no file without a submission.</summary>
public sealed class ResetUploadTests(LearningFixture api) : IClassFixture<LearningFixture>
{
    private const int Resets = 40;

    [Fact]
    public async Task Reset_connections_leave_no_orphaned_file()
    {
        var (course, owner) = await api.CreateCourseAsync();
        var student = await api.CreateUserAsync();
        await api.EnrollAsync(student, course);
        var assignment = (
            await LearningFixture.PostAsync(owner.Client, $"/api/courses/{course}/assignments", new { title = "Scene" })
        ).Id();
        var part = Encoding.ASCII.GetBytes("--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.bin\"\r\n\r\n");
        byte[] body = [.. part, .. new byte[1_300_000], .. "\r\n--x--\r\n"u8];
        var request = Encoding.ASCII.GetBytes(
            $"POST /api/assignments/{assignment}/submissions HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=x\r\n"
                + $"Authorization: Bearer {await api.IssueTokenAsync("student", student.Id)}\r\nContent-Length: {body.Length}\r\n\r\n"
        );
        for (var i = 0; i < Resets; i++)
        {
            // Most resets follow the last byte, each at a different moment of the server's processing.
            await ResetAsync(
                [.. request, .. body],
                i % 4 == 3 ? (body.Length / Resets) * i : request.Length + body.Length,
                TimeSpan.FromMilliseconds(i * 0.7)
            );
        }

        var submissions = api.Host.Database.GetCollection<BsonDocument>(SubmissionEntity.Collection);
        await Eventually.WaitUntilAsync(
            async () =>
            {
                var work = await submissions.Find(new BsonDocument("studentId", student.Id)).FirstOrDefaultAsync();
                var referenced = work is null
                    ? []
                    : work["history"].AsBsonArray.Append(work["current"]).Select(version => version["fileId"].AsObjectId).Order().ToList();
                return referenced.SequenceEqual(await IdsAsync("files.files", "_id"))
                    && referenced.SequenceEqual((await IdsAsync("files.chunks", "files_id")).Distinct());
            },
            "the submission refers to every file"
        );
    }

    private async Task ResetAsync(byte[] request, int length, TimeSpan wait)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { LingerState = new LingerOption(true, 0) };
        await socket.ConnectAsync(api.Host.Address.Host, api.Host.Address.Port);
        for (var sent = 0; sent < length; )
            sent += await socket.SendAsync(request.AsMemory(sent, length - sent), SocketFlags.None);
        await Task.Delay(wait);
        // Closed with a linger time of 0: the server receives a reset.
        socket.Close();
    }

    private async Task<IEnumerable<ObjectId>> IdsAsync(string collection, string field)
    {
        var found = await api
            .Host.Database.GetCollection<BsonDocument>(collection)
            .Find(new BsonDocument())
            .Project(new BsonDocument(field, 1))
            .ToListAsync();
        return found.Select(document => document[field].AsObjectId).Order();
    }
}
