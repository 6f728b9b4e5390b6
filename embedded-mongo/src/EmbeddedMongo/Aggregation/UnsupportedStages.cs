using EmbeddedMongo.Errors;

namespace EmbeddedMongo.Aggregation;

/// <summary>Errors for stages that this server does not support and for unknown stage names.</summary>
internal static class UnsupportedStages
{
    public static MongoErrorException CreateError(string name) =>
        name switch
        {
            "$changeStream" or "$changeStreamSplitLargeEvent" => MongoErrorException.Location(
                40573,
                "The $changeStream stage is only supported on replica sets"
            ),
            "$search" or "$searchMeta" or "$vectorSearch" or "$rankFusion" or "$listSearchIndexes" => MongoErrorException.Location(
                31082,
                $"Using Atlas Search Database Commands and the {name} aggregation stage requires additional configuration."
            ),
            "$graphLookup"
            or "$geoNear"
            or "$densify"
            or "$fill"
            or "$listSessions"
            or "$listLocalSessions"
            or "$planCacheStats"
            or "$queryStats"
            or "$shardedDataDistribution"
            or "$listSampledQueries"
            or "$querySettings"
            or "$listClusterCatalog" => MongoErrorException.CommandNotSupported(
                $"the stage {name} is not supported by the embedded server"
            ),
            _ => MongoErrorException.Location(40324, $"Unrecognized pipeline stage name: '{name}'"),
        };
}
