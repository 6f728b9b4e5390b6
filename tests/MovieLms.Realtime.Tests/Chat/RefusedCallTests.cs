using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using MovieLms.Realtime.Tests.Hostile;
using MovieLms.Testing;

namespace MovieLms.Realtime.Tests.Chat;

/// <summary>The errors and the log lines of calls that fail.</summary>
public sealed class RefusedCallTests(RefusedCallTests.Host host) : IClassFixture<RefusedCallTests.Host>
{
    [Theory]
    [InlineData(
        "SendMessage",
        """["lobby"]""",
        "invalidInput: arguments: The method takes arguments of these types: string, string, string."
    )]
    [InlineData("JoinRoom", "[]", "invalidInput: arguments: The method takes arguments of these types: string.")]
    [InlineData("JoinRoom", """["lobby",1]""", "invalidInput: arguments: The method takes arguments of these types: string.")]
    [InlineData("JoinRoom", "[17]", "invalidInput: arguments: The method takes arguments of these types: string.")]
    [InlineData(
        "GetHistory",
        """["lobby","first",10]""",
        "invalidInput: arguments: The method takes arguments of these types: string, integer or null, integer."
    )]
    [InlineData("MarkRead", """["lobby",1.5]""", "invalidInput: arguments: The method takes arguments of these types: string, integer.")]
    [InlineData("Nothing", "[]", "methodNotFound: There is no such method.")]
    [InlineData("Nothing", "[1]", "methodNotFound: There is no such method.")]
    public async Task Wrong_arguments_and_unknown_methods_have_a_code(string method, string arguments, string error)
    {
        using var client = await RawHub.OpenAsync(host.Service.Address, (await host.Service.SignInStudentAsync()).AccessToken);
        var completion = await client.CallAsync(method, arguments);
        Assert.Equal($"Failed to invoke '{method}' due to an error on the server. HubException: {error}", Error(completion));
        // The connection stays usable.
        Assert.Null(Error(await client.CallAsync("JoinRoom", """["lobby"]""", "2")));

        static string? Error(System.Text.Json.JsonElement completion) =>
            completion.TryGetProperty("error", out var text) ? text.GetString() : null;
    }

    [Fact]
    public async Task Wrong_arguments_have_a_code_in_MessagePack()
    {
        var token = (await host.Service.SignInStudentAsync()).AccessToken;
        await using var client = await ChatClient.ConnectAsync(host.Service.Address, token, messagePack: true);
        var hub = client.Hub;
        foreach (var call in new Func<Task>[] { () => hub.InvokeAsync("SendMessage", "lobby"), () => hub.InvokeAsync("JoinRoom", 17) })
            Assert.Contains("HubException: invalidInput: arguments: ", (await Assert.ThrowsAsync<HubException>(call)).Message);
        Assert.Contains(
            "HubException: methodNotFound: ",
            (await Assert.ThrowsAsync<HubException>(() => hub.InvokeAsync("Nothing"))).Message
        );
    }

    [Fact]
    public async Task A_refused_call_is_one_debug_line_without_a_stack()
    {
        using var client = await RawHub.OpenAsync(host.Service.Address, (await host.Service.SignInStudentAsync()).AccessToken);
        await client.CallAsync("JoinRoom", """["attic"]""");
        await client.CallAsync("GetSince", """["lobby"]""", "2");
        var refused = Assert.Single(
            host.Log.Collector.GetSnapshot(),
            entry => entry.Message.Contains("roomNotFound", StringComparison.Ordinal)
        );
        Assert.Equal((LogLevel.Debug, null), (refused.Level, refused.Exception));
        Assert.Equal("A call of the hub method JoinRoom was refused: roomNotFound: There is no such room.", refused.Message);
        var rejected = Assert.Single(
            host.Log.Collector.GetSnapshot(),
            entry => entry.Message.EndsWith("string, integer, integer.", StringComparison.Ordinal)
        );
        Assert.Equal((LogLevel.Debug, null), (rejected.Level, rejected.Exception));
    }

    [Fact]
    public async Task A_failure_of_the_server_is_logged_as_an_error_with_its_stack_and_hidden_from_the_client()
    {
        using var client = await RawHub.OpenAsync(host.Service.Address, (await host.Service.SignInStudentAsync()).AccessToken);
        var completion = await client.CallAsync("GetPresence", """["lobby"]""");
        Assert.DoesNotContain(FailingFilter.Reason, completion.GetProperty("error").GetString());
        var failure = Assert.Single(host.Log.Collector.GetSnapshot(), entry => entry.Level >= LogLevel.Error);
        Assert.Equal("The hub method GetPresence failed", failure.Message);
        Assert.Contains(FailingFilter.Reason, failure.Exception?.ToString(), StringComparison.Ordinal);
    }

    public sealed class Host : IAsyncLifetime
    {
        public ServiceHost Service { get; private set; } = null!;

        internal FakeLoggerProvider Log { get; } = new();

        public async ValueTask InitializeAsync() =>
            Service = await ServiceHost.StartAsync(
                new ServiceHostOptions
                {
                    Services = Services.Api | Services.Realtime,
                    Settings = new Dictionary<string, string?> { ["Logging:LogLevel:MovieLms.Realtime.Connections"] = "Debug" },
                    Configure = services =>
                        services
                            .AddSingleton<ILoggerProvider>(Log)
                            .Configure<HubOptions>(options => options.AddFilter(new FailingFilter())),
                }
            );

        public ValueTask DisposeAsync() => Service.DisposeAsync();
    }

    private sealed class FailingFilter : IHubFilter
    {
        internal const string Reason = "the disk is on fire";

        public ValueTask<object?> InvokeMethodAsync(
            HubInvocationContext invocationContext,
            Func<HubInvocationContext, ValueTask<object?>> next
        ) => invocationContext.HubMethodName == "GetPresence" ? throw new InvalidOperationException(Reason) : next(invocationContext);
    }
}
