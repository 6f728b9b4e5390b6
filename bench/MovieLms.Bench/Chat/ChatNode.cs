using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MovieLms.Realtime;
using MovieLms.ServiceDefaults;

namespace MovieLms.Bench.Chat;

/// <summary>The kind of node to measure.</summary>
internal enum NodeKind
{
    /// <summary>A SignalR hub without any code of the product.</summary>
    Bare,

    /// <summary>Realtime with a <c>SendMessage</c> that broadcasts without storing.</summary>
    Unstored,

    /// <summary>Realtime.</summary>
    Stored,
}

/// <summary>Runs a node in this process and serves its memory usage.</summary>
internal static class ChatNode
{
    internal const string Name = "chat-node";
    internal const string MemoryPath = "/bench/memory";

    /// <param name="args">The kind, and settings as <c>--Section:Name=value</c>.</param>
    internal static async Task<int> RunAsync(string[] args)
    {
        await using var app = Enum.Parse<NodeKind>(args[0]) switch
        {
            NodeKind.Bare => BuildBare(args[1..]),
            NodeKind.Unstored => BuildRealtime(args[1..], isStored: false),
            _ => BuildRealtime(args[1..], isStored: true),
        };
        app.MapGet(MemoryPath, MeasureMemory).AllowAnonymous();
        await app.RunAsync();
        return 0;
    }

    private static WebApplication BuildBare(string[] settings)
    {
        var builder = WebApplication.CreateBuilder(settings);
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddSignalR();
        var app = builder.Build();
        app.MapHub<BareHub>(RealtimeExtensions.HubPath);
        app.MapGet("/health", () => "ok");
        return app;
    }

    private static WebApplication BuildRealtime(string[] settings, bool isStored)
    {
        var builder = WebApplication.CreateBuilder(settings);
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.AddServiceDefaults();
        builder.AddRealtime();
        if (!isStored)
            builder.Services.Configure<HubOptions>(options => options.AddFilter<UnstoredFilter>());
        var app = builder.Build();
        app.UseServiceDefaults();
        app.MapRealtime();
        return app;
    }

    /// <summary>Returns the managed heap after a full collection, and the process's resident memory.</summary>
    private static NodeMemory MeasureMemory()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return new NodeMemory(GC.GetTotalMemory(forceFullCollection: true), Environment.WorkingSet);
    }
}

/// <summary>The memory of a node.</summary>
/// <param name="Live">Bytes in use on the managed heap.</param>
/// <param name="Resident">Resident bytes of the process.</param>
internal readonly record struct NodeMemory(long Live, long Resident);
