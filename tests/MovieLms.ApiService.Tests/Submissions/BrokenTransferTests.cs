using System.Net.Sockets;
using System.Text;
using MovieLms.ApiService.Tests.Courses;

namespace MovieLms.ApiService.Tests.Submissions;

/// <summary>Submissions with an invalid transfer encoding.</summary>
public sealed class BrokenTransferTests(LearningFixture api) : IClassFixture<LearningFixture>
{
    [Theory]
    [InlineData("FFFFFFFF\r\n{}")]
    [InlineData("ZZ\r\n{}\r\n0\r\n\r\n")]
    public async Task Invalid_chunks_return_400(string chunks)
    {
        var (course, owner) = await api.CreateCourseAsync();
        var student = await api.CreateUserAsync();
        await api.EnrollAsync(student, course);
        var assignment = (
            await LearningFixture.PostAsync(owner.Client, $"/api/courses/{course}/assignments", new { title = "Scene" })
        ).Id();
        using var client = new TcpClient();
        await client.ConnectAsync(api.Host.Address.Host, api.Host.Address.Port);
        await client
            .GetStream()
            .WriteAsync(
                Encoding.ASCII.GetBytes(
                    $"POST /api/assignments/{assignment}/submissions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n"
                        + $"Authorization: Bearer {await api.IssueTokenAsync("student", student.Id)}\r\nConnection: close\r\n\r\n{chunks}"
                )
            );
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var response = await new StreamReader(client.GetStream()).ReadToEndAsync(limit.Token);
        Assert.StartsWith("HTTP/1.1 400 ", response, StringComparison.Ordinal);
        Assert.Contains("application/problem+json", response, StringComparison.Ordinal);
    }
}
