using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MovieLms.Realtime;
using MovieLms.ServiceDefaults;

namespace MovieLms.Bench.Chat;

/// <summary>What a node under measurement is.</summary>
internal enum NodeKind
{
    /// <summary>SignalR's own hub and manager, and nothing of ours.</summary>
    Bare,

    /// <summary>Realtime, whose <c>SendMessage</c> says the message without storing it.</summary>
    Unstored,

    /// <summary>Realtime as it is.</summary>
    Stored,
}

/// <summary>A node as a process of its own, which can also be asked for its memory.</summary>
internal static class ChatNode
{
    internal const string Name = "chat-node";
    internal const string MemoryPath = "/bench/memory";

    /// <param name="args">The kind, and settings as <c>--Section:Name=value</c>.</param>
    internal static async Task<int> RunAsync(string[] args)
    {
        await using var app = Enum.Parse<NodeKind>(args[0]) switch
        {
            NodeKind.Bare => Bare(args[1..]),
            NodeKind.Unstored => Ours(args[1..], isStored: false),
            _ => Ours(args[1..], isStored: true),
        };
        app.MapGet(MemoryPath, Memory).AllowAnonymous();
        await app.RunAsync();
        return 0;
    }

    private static WebApplication Bare(string[] settings)
    {
        var builder = WebApplication.CreateBuilder(settings);
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddSignalR();
        var app = builder.Build();
        app.MapHub<BareHub>(RealtimeExtensions.HubPath);
        app.MapGet("/health", () => "ok");
        return app;
    }

    private static WebApplication Ours(string[] settings, bool isStored)
    {
        var builder = WebApplication.CreateBuilder(settings);
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.AddServiceDefaults();
        builder.AddRealtime();
        if (!isStored)
            builder.Services.Configure<HubOptions>(options => options.AddFilter<Unstored>());
        var app = builder.Build();
        app.UseServiceDefaults();
        app.MapRealtime();
        return app;
    }

    /// <summary>Bytes that live after a full collection, and those that the system counts.</summary>
    private static NodeMemory Memory()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return new NodeMemory(GC.GetTotalMemory(forceFullCollection: true), Environment.WorkingSet);
    }
}

/// <summary>A node's memory.</summary>
/// <param name="Live">Bytes of the managed heap that are in use.</param>
/// <param name="Resident">Bytes of the process in the machine's memory.</param>
internal readonly record struct NodeMemory(long Live, long Resident);
