namespace MovieLms.AppHost.Backing;

/// <summary>
/// The images of a deployment. Local runs use tags instead, so that a local image can replace them (docs/adr/0011).
/// <c>scripts/pin-images.sh</c> updates the digests.
/// </summary>
internal static class ImageDigests
{
    /// <summary>docker.io/library/mongo:8.3 (8.3.11 when pinned).</summary>
    internal const string Mongo = "d731d77bfd7afd66bd487bdf627b5bf7ce4c3602ec461d635977021db529ebbc";

    /// <summary>docker.io/library/redis:8.6 (8.6.4 when pinned).</summary>
    internal const string Redis = "a051e4f48a5d0ceda6554974f3ad0f5369f4479197f36829332c1325cecad2b7";

    internal static IResourceBuilder<T> WithPublishedDigest<T>(this IResourceBuilder<T> container, AppHostOptions options, string digest)
        where T : ContainerResource => options.IsPublishing ? container.WithImageSHA256(digest) : container;
}
