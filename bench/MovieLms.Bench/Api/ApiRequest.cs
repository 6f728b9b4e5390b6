namespace MovieLms.Bench.Api;

/// <summary>A row of the benchmark: a request that is sent repeatedly.</summary>
/// <param name="Name">The row's name.</param>
/// <param name="Address">The absolute address.</param>
/// <param name="Token">An access token; null for an anonymous request.</param>
/// <param name="Varying">A query parameter with a different number in each request; null to repeat the same address.</param>
/// <param name="Body">JSON to send with <c>POST</c>; null for <c>GET</c>.</param>
internal sealed record ApiRequest(string Name, Uri Address, string? Token, string? Varying = null, string? Body = null)
{
    /// <summary>The value of <c>Accept-Encoding</c>; null to omit it.</summary>
    internal string? AcceptEncoding { get; init; }

    /// <summary>The paths to request, one per request; null to request <see cref="Address"/> only.</summary>
    internal IReadOnlyList<string>? Paths { get; init; }

    /// <summary>Requests the paths in order, and not at random.</summary>
    internal bool IsSequential { get; init; }
}
