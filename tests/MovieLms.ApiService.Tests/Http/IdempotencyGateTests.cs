using Microsoft.Extensions.DependencyInjection;
using MovieLms.ApiService.Http;
using MovieLms.Data.Idempotency;

namespace MovieLms.ApiService.Tests.Http;

/// <summary>The effect of a failure on the next request with the same key.</summary>
public sealed class IdempotencyGateTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    private IdempotencyStore Store => api.Host.App.Services.GetRequiredService<IdempotencyStore>();

    private IdempotencyGate Gate => api.Host.App.Services.GetRequiredService<IdempotencyGate>();

    [Fact]
    public async Task After_an_exception_the_next_attempt_gets_the_same_resource_id()
    {
        var stop = TestContext.Current.CancellationToken;
        var first = await Store.BeginAsync("connection lost", stop);
        await Assert.ThrowsAsync<TimeoutException>(() => Gate.RunAsync<int>(first, () => throw new TimeoutException()));
        var second = await Store.BeginAsync("connection lost", stop);
        Assert.True(second.IsOwner);
        Assert.Equal(first.ResourceId, second.ResourceId);
    }

    [Theory]
    [InlineData(503, true)]
    [InlineData(400, false)]
    public async Task A_server_error_keeps_the_resource_id_and_a_rejection_does_not(int status, bool isKept)
    {
        var stop = TestContext.Current.CancellationToken;
        var key = $"status {status}";
        var first = await Store.BeginAsync(key, stop);
        await Gate.RecordOutcomeAsync(first, new IdempotentResponse("", status, [], []), stop);
        var second = await Store.BeginAsync(key, stop);
        Assert.True(second.IsOwner);
        Assert.Equal(isKept, first.ResourceId == second.ResourceId);
    }
}
