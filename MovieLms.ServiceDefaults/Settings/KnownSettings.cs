namespace MovieLms.ServiceDefaults.Settings;

/// <summary>
/// The settings whose values may be shown, with their defaults. All others are hidden, so a new setting is a secret until it is listed
/// here. A <c>*</c> stands for one part of a name.
/// </summary>
internal static class KnownSettings
{
    /// <summary>The section whose values are shown as hosts only.</summary>
    internal const string ConnectionStrings = "ConnectionStrings";

    private const string Table = """
        PublicUrl                                  http://localhost:5400
        urls
        environment
        ASPNETCORE_ENVIRONMENT
        DOTNET_ENVIRONMENT
        AllowedHosts
        Accounts:DeletionGraceDays                 14
        Admin:IssueLink                            false
        Analytics:MaxRefreshShare                  0.05
        Analytics:MaxWait                          00:00:00.0300000
        ApiReference:Enabled
        Auth:AccessTokenMinutes                    10
        Auth:Audience                              movielms
        Auth:BcryptCost                            11
        Auth:ConcurrentHashes
        Auth:Issuer                                https://movielms.local
        Auth:KeyLifetimeDays                       90
        Auth:KeysAddress                           https+http://apiservice/.well-known/jwks.json
        Auth:KeysRefreshSeconds                    60
        Auth:Providers:*:Label
        Auth:QueuedHashes                          500
        Auth:RefreshRetrySeconds                   10
        Auth:RefreshTokenMinutes                   40
        Auth:RememberedTokens                      10000
        Auth:ReturnUrls:*
        Auth:SessionDays                           30
        Cors:Origins:*
        Database:InitializeTimeoutSeconds
        ForwardedHeaders:Proxies:*
        Imports:BatchRows                          1000
        Imports:FirstRetryDelay                    00:00:01
        Imports:Lease                              00:00:15
        Imports:MaxAttempts                        8
        Imports:MaxBytesPerDay                     524288000
        Imports:MaxQueued                          20
        Imports:MaxRows                            500000
        Imports:Parallel                           2
        Imports:Poll                               00:00:02
        Imports:TimeSlice                          00:00:03
        Jobs:Cron:*
        Jobs:TimeZone                              UTC
        Jobs:Workers                               2
        Logging:LogLevel:*
        Mail:AllowedHosts:*
        Mail:From
        Memory:MongoCacheMegabytes                 32
        Memory:RedisMegabytes                      32
        RateLimits:*:Permits
        RateLimits:*:Seconds
        RateLimits:RequestsPerSecond               500
        Realtime:CallsPerTenSeconds                400
        Realtime:CallsPerUserPerTenSeconds         1200
        Realtime:ConnectionsPerUser                20
        Realtime:DrainTime                         00:00:03
        Realtime:JoinsPerTenSeconds                60
        Realtime:MaxMessageBytes                   32768
        Realtime:MemberCountInterval               00:00:01
        Realtime:OutgoingBufferBytes               1048576
        Realtime:PresenceTtl                       00:00:20
        Realtime:ReadsPerTenSeconds                300
        Realtime:RefusedCallsPerTenSeconds         1000
        Realtime:SmallRoomMembers                  100
        Realtime:TypingInterval                    00:00:02
        Redis:Prefix                               movielms:
        Requests:MaxBodyBytes
        Retention:DeletedDays                      30
        Shutdown:NoticeSeconds                     0
        Shutdown:Seconds                           25
        Telemetry:Sample                           00:00:15
        WhatsApp:BaseAddress                       https://graph.facebook.com
        WhatsApp:Language                          en
        WhatsApp:PlainText                         false
        WhatsApp:Template                          movielms_code
        WhatsApp:Version                           v23.0
        Worker:LowerPriority                       true
        """;

    /// <summary>The names, which may contain <c>*</c>, and the defaults; null if there is no fixed one.</summary>
    internal static IReadOnlyList<(string Name, string? Default)> All { get; } =
    [
        .. Table
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split((char[]?)null, 2, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            .Select(parts => (parts[0], parts.Length > 1 ? parts[1] : null)),
    ];

    /// <summary>Returns whether a value may be shown.</summary>
    internal static bool CanShow(string name) => All.Any(known => Matches(known.Name, name));

    internal static string? GetDefault(string name) => All.FirstOrDefault(known => Matches(known.Name, name)).Default;

    /// <summary>
    /// The environment has many variables that are no settings. Those of a section are, except the section in which the framework describes
    /// itself.
    /// </summary>
    internal static bool IsSetting(string name) =>
        name.Contains(':') ? !name.Contains("hostBuilder:", StringComparison.OrdinalIgnoreCase) : CanShow(name);

    private static bool Matches(string pattern, string name)
    {
        if (!pattern.Contains('*'))
            return pattern.Equals(name, StringComparison.OrdinalIgnoreCase);
        var (expected, parts) = (pattern.Split(':'), name.Split(':'));
        return expected.Length == parts.Length
            && expected.Zip(parts).All(pair => pair.First == "*" || pair.First.Equals(pair.Second, StringComparison.OrdinalIgnoreCase));
    }
}
