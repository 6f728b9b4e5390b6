using Microsoft.AspNetCore.Builder;

namespace MovieLms.ServiceDefaults.Compression;

/// <summary>
/// Endpoint metadata: responses are compressed if the client accepts it. Only for lists, files and statistics. The length of a compressed
/// response reveals what its parts have in common (BREACH), so a response with a credential is never compressed.
/// </summary>
public sealed class CompressedResponse
{
    private CompressedResponse() { }

    /// <summary>The metadata.</summary>
    public static CompressedResponse Instance { get; } = new();
}

/// <summary>Declares compressed responses.</summary>
public static class CompressedResponseExtensions
{
    /// <summary>Compresses the responses of endpoints. See <see cref="CompressedResponse"/>.</summary>
    public static TBuilder WithCompression<TBuilder>(this TBuilder endpoints)
        where TBuilder : IEndpointConventionBuilder => endpoints.WithMetadata(CompressedResponse.Instance);
}
