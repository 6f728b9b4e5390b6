using System.Collections.Frozen;
using EmbeddedMongo.Errors;

namespace EmbeddedMongo.Commands;

/// <summary>Commands that MongoDB supports and this server does not. Their error differs from that of a misspelled command.</summary>
internal static class UnsupportedCommands
{
    private static readonly FrozenDictionary<string, string> Reasons = new (string Reason, string[] Names)[]
    {
        (
            "it has no sharding",
            [
                "abortReshardCollection",
                "addShard",
                "addShardToZone",
                "analyzeShardKey",
                "balancerCollectionStatus",
                "balancerStart",
                "balancerStatus",
                "balancerStop",
                "checkShardingIndex",
                "cleanupOrphaned",
                "cleanupReshardCollection",
                "clearJumboFlag",
                "commitReshardCollection",
                "configureCollectionBalancing",
                "configureQueryAnalyzer",
                "enableSharding",
                "flushRouterConfig",
                "getShardMap",
                "getShardVersion",
                "isdbgrid",
                "listShards",
                "medianKey",
                "mergeAllChunksOnShard",
                "mergeChunks",
                "moveChunk",
                "movePrimary",
                "refineCollectionShardKey",
                "removeShard",
                "removeShardFromZone",
                "reshardCollection",
                "setAllowMigrations",
                "setShardVersion",
                "shardCollection",
                "shardingState",
                "split",
                "splitVector",
                "unsetSharding",
                "updateZoneKeyRange",
            ]
        ),
        (
            "it is not a member of a replica set",
            [
                "appendOplogNote",
                "applyOps",
                "getDefaultRWConcern",
                "replSetAbortPrimaryCatchUp",
                "replSetFreeze",
                "replSetMaintenance",
                "replSetReconfig",
                "replSetResizeOplog",
                "replSetStepDown",
                "replSetSyncFrom",
                "setDefaultRWConcern",
                "setIndexCommitQuorum",
            ]
        ),
        (
            "users and roles are not managed by commands",
            [
                "authenticate",
                "createRole",
                "createUser",
                "dropAllRolesFromDatabase",
                "dropAllUsersFromDatabase",
                "dropRole",
                "dropUser",
                "grantPrivilegesToRole",
                "grantRolesToRole",
                "grantRolesToUser",
                "invalidateUserCache",
                "revokePrivilegesFromRole",
                "revokeRolesFromRole",
                "revokeRolesFromUser",
                "rolesInfo",
                "updateRole",
                "updateUser",
                "usersInfo",
            ]
        ),
        (
            "it collects no such statistics",
            [
                "connPoolStats",
                "dataSize",
                "dbHash",
                "filemd5",
                "listCommands",
                "lockInfo",
                "netstat",
                "profile",
                "top",
                "validateDBMetadata",
            ]
        ),
        ("its storage compacts itself", ["compact", "reIndex"]),
        ("create a capped collection and copy the documents", ["cloneCollectionAsCapped"]),
        ("sessions have no state", ["killAllSessionsByPattern"]),
        ("it runs no JavaScript", ["mapReduce"]),
        ("it has no search indexes", ["createSearchIndexes", "dropSearchIndex", "updateSearchIndex"]),
        ("it has no audit log", ["getAuditConfig", "logApplicationMessage", "setAuditConfig"]),
        ("it has no encrypted collections", ["compactStructuredEncryptionData"]),
        ("it uses no certificates", ["rotateCertificates"]),
        ("it caches no plans", ["planCacheClear", "planCacheClearFilters", "planCacheListFilters", "planCacheSetFilter"]),
        (
            "its options are set when it starts",
            ["getClusterParameter", "setClusterParameter", "setFeatureCompatibilityVersion", "setParameter", "setUserWriteBlockMode"]
        ),
        ("the process that contains it starts and stops it", ["dropConnections", "fsync", "fsyncUnlock", "logRotate", "shutdown"]),
    }
        .SelectMany(static group => group.Names.Select(name => KeyValuePair.Create(name, group.Reason)))
        .ToFrozenDictionary(StringComparer.Ordinal);

    public static IEnumerable<string> Names => Reasons.Keys;

    /// <summary>Creates error 115 for an unsupported command, or 59 (CommandNotFound) for an unknown name.</summary>
    public static MongoErrorException CreateError(string name) =>
        Reasons.TryGetValue(name, out var reason)
            ? MongoErrorException.CommandNotSupported($"the command {name} is not supported by the embedded server: {reason}")
            : MongoErrorException.CommandNotFound(name);
}
