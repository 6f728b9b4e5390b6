using Microsoft.Extensions.Configuration;

namespace MovieLms.AppHost;

/// <summary>The target of <c>aspire publish</c>, <c>aspire deploy</c> and <c>azd up</c>.</summary>
internal enum DeploymentTarget
{
    /// <summary>Azure Container Apps.</summary>
    Azure,

    /// <summary>A Docker Compose file.</summary>
    Compose,
}

/// <summary>The provider of MongoDB, Redis and mail.</summary>
internal enum BackingKind
{
    /// <summary>Existing services. Their connection strings are parameters.</summary>
    Managed,

    /// <summary>Containers next to the services. Mail is caught, not delivered.</summary>
    Containers,

    /// <summary>Processes of MovieLms.Standalone, for local runs only. Mail is caught, not delivered.</summary>
    Embedded,
}

/// <summary>
/// The options of a run or a deployment, read from appsettings.json, the environment (<c>Run__Backing</c>) or the command line
/// (<c>--Run:Backing=embedded</c>). docs/apphost.md lists the settings.
/// </summary>
internal sealed record AppHostOptions
{
    /// <summary>True for <c>aspire publish</c>, <c>aspire deploy</c> and <c>azd up</c>; false for a run.</summary>
    internal required bool IsPublishing { get; init; }

    /// <summary><c>Deploy:Target</c>.</summary>
    internal required DeploymentTarget Target { get; init; }

    /// <summary><c>Run:Backing</c> or <c>Deploy:Backing</c>.</summary>
    internal required BackingKind Backing { get; init; }

    /// <summary>Why <see cref="Backing"/> was chosen, as the end of a sentence.</summary>
    internal required string BackingReason { get; init; }

    /// <summary>
    /// True unless <c>Run:Ephemeral</c> or <c>Deploy:Ephemeral</c> is set. Always false on Azure: Container Apps mount Azure Files over
    /// SMB, which MongoDB's storage engine does not support, so containers there lose their data on restart.
    /// </summary>
    internal required bool KeepsData { get; init; }

    /// <summary><c>Tools</c>: also start mongo-express and Redis Insight when running on containers.</summary>
    internal required bool HasTools { get; init; }

    /// <summary><c>Run:PersistentContainers</c>: keep containers running when the AppHost stops, for a faster next start.</summary>
    internal required ContainerLifetime ContainerLifetime { get; init; }

    /// <summary><c>Run:DataDirectory</c>: the absolute path of the embedded services' data.</summary>
    internal required string DataDirectory { get; init; }

    /// <summary><c>Run:Port</c>: the port of the gateway in a run.</summary>
    internal required int Port { get; init; }

    /// <summary>True when the gateway also listens on HTTPS: the <c>https</c> launch profile with a developer certificate.</summary>
    internal required bool IsHttps { get; init; }

    private string VolumePrefix { get; init; } = string.Empty;

    /// <summary>Returns the name of a container's data volume.</summary>
    internal string GetVolumeName(string resource) => $"{VolumePrefix}-{resource}";

    internal static AppHostOptions Read(IDistributedApplicationBuilder builder)
    {
        var configuration = builder.Configuration;
        var isPublishing = builder.ExecutionContext.IsPublishMode;
        var target = ReadEnum(configuration, "Deploy:Target", DeploymentTarget.Azure);
        var (backing, reason) = ReadBacking(configuration, isPublishing);
        var isEphemeral = configuration.GetValue<bool>(isPublishing ? "Deploy:Ephemeral" : "Run:Ephemeral");
        return new AppHostOptions
        {
            IsPublishing = isPublishing,
            Target = target,
            Backing = backing,
            BackingReason = reason,
            KeepsData = !isEphemeral && !(isPublishing && target == DeploymentTarget.Azure),
            HasTools = configuration.GetValue<bool>("Tools"),
            ContainerLifetime = configuration.GetValue<bool>("Run:PersistentContainers")
                ? ContainerLifetime.Persistent
                : ContainerLifetime.Session,
            DataDirectory = Path.GetFullPath(
                configuration["Run:DataDirectory"] ?? Path.Combine("..", "data", "apphost"),
                builder.AppHostDirectory
            ),
            Port = configuration.GetValue("Run:Port", 5400),
            IsHttps = !isPublishing && DeveloperCertificate.IsUsed(configuration),
            VolumePrefix = configuration["Run:VolumePrefix"] ?? "movielms",
        };
    }

    private static (BackingKind Kind, string Reason) ReadBacking(ConfigurationManager configuration, bool isPublishing)
    {
        var key = isPublishing ? "Deploy:Backing" : "Run:Backing";
        if (isPublishing || configuration[key] is { Length: > 0 })
        {
            var kind = ReadEnum(configuration, key, BackingKind.Managed);
            if (isPublishing && kind == BackingKind.Embedded)
                throw new InvalidOperationException("Deploy:Backing cannot be embedded: a deployment uses managed services or containers.");
            return (kind, $"{key} is set");
        }
        return ContainerRuntime.Find(configuration) is { } runtime
            ? (BackingKind.Containers, $"{runtime} is running; set Run:Backing=embedded to use processes instead")
            : (BackingKind.Embedded, "neither Docker nor Podman is running");
    }

    private static T ReadEnum<T>(ConfigurationManager configuration, string key, T defaultValue)
        where T : struct, Enum
    {
        if (configuration[key] is not { Length: > 0 } text)
            return defaultValue;
        return Enum.TryParse<T>(text, ignoreCase: true, out var value) && Enum.IsDefined(value)
            ? value
            : throw new InvalidOperationException(
                $"{key} is '{text}'; it must be {string.Join(" or ", Enum.GetNames<T>()).ToLowerInvariant()}."
            );
    }
}
