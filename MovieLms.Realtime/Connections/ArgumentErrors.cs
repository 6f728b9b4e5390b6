using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;
using MovieLms.Realtime.Contracts;

namespace MovieLms.Realtime.Connections;

/// <summary>
/// Gives calls of unknown methods and calls with wrong arguments an error with a code. SignalR rejects such calls before any hub filter
/// runs, with a text that hides the reason.
/// </summary>
internal sealed partial class ArgumentErrors(IHubProtocol protocol, ILogger<ArgumentErrors> logger) : IHubProtocol
{
    public string Name => protocol.Name;

    public int Version => protocol.Version;

    public TransferFormat TransferFormat => protocol.TransferFormat;

    public bool TryParseMessage(ref ReadOnlySequence<byte> input, IInvocationBinder binder, [NotNullWhen(true)] out HubMessage? message)
    {
        if (!protocol.TryParseMessage(ref input, binder, out message))
            return false;
        if (message is not InvocationBindingFailureMessage failure)
            return true;
        var error = GetError(failure, binder);
        LogRejected(logger, error.Message);
        message = new InvocationBindingFailureMessage(failure.InvocationId, failure.Target, ExceptionDispatchInfo.Capture(error));
        return true;
    }

    public void WriteMessage(HubMessage message, IBufferWriter<byte> output) => protocol.WriteMessage(message, output);

    public ReadOnlyMemory<byte> GetMessageBytes(HubMessage message) => protocol.GetMessageBytes(message);

    public bool IsVersionSupported(int version) => protocol.IsVersionSupported(version);

    private static HubException GetError(InvocationBindingFailureMessage failure, IInvocationBinder binder)
    {
        // The binder throws this exception for an unknown method, and no other.
        if (failure.BindingFailure.SourceException is HubException)
            return ChatErrors.NoMethod();
        var types = string.Join(", ", binder.GetParameterTypes(failure.Target).Select(GetName));
        return ChatErrors.Invalid("arguments", $"The method takes arguments of these types: {types}.");
    }

    private static string GetName(Type type)
    {
        if (Nullable.GetUnderlyingType(type) is { } value)
            return $"{GetName(value)} or null";
        return type == typeof(int) || type == typeof(long) ? "integer" : type.Name.ToLowerInvariant();
    }

    [LoggerMessage(LogLevel.Debug, "A hub call was rejected: {Error}")]
    private static partial void LogRejected(ILogger logger, string error);
}

/// <summary>Registers <see cref="ArgumentErrors"/>.</summary>
internal static class ArgumentErrorExtensions
{
    /// <summary>Wraps the registered protocols.</summary>
    internal static ISignalRServerBuilder AddArgumentErrors(this ISignalRServerBuilder builder)
    {
        foreach (var protocol in builder.Services.Where(service => service.ServiceType == typeof(IHubProtocol)).ToList())
        {
            builder.Services.Remove(protocol);
            builder.Services.AddSingleton<IHubProtocol>(services => new ArgumentErrors(
                (IHubProtocol)ActivatorUtilities.CreateInstance(services, protocol.ImplementationType!),
                services.GetRequiredService<ILogger<ArgumentErrors>>()
            ));
        }
        return builder;
    }
}
