using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MovieLms.EndToEnd.Hostile;

/// <summary>Mutations of one member of a valid JSON body.</summary>
internal static class MemberMutations
{
    private const string Placeholder = "@@value@@";
    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly string[] Pipelines =
    [
        """[{"$out":"users"}]""",
        """[{"$merge":"users"}]""",
        """[{"$lookup":{"from":"users","pipeline":[{"$match":{}}],"as":"u"}}]""",
        """[{"$unionWith":"sessions"}]""",
        """[{"$match":{"$where":"1"}}]""",
        """[{"$project":{"x":{"$function":{"body":"x","args":[],"lang":"js"}}}}]""",
        """[{"$match":{"$expr":{"$divide":[1,0]}}}]""",
        """[{"$group":{"_id":null,"x":{"$push":"$$ROOT"}}},{"$unwind":"$x"},{"$unwind":"$x"}]""",
        """[{"$limit":-1}]""",
        """[{"$skip":1e300}]""",
        """[{"$sample":{"size":1000000000}}]""",
        """[{"$bucketAuto":{"groupBy":"$year","buckets":0}}]""",
        """[{"$graphLookup":{"from":"users","startWith":"$x","connectFromField":"a","connectToField":"b","as":"c"}}]""",
        """[{"$addFields":{"x":{"$range":[0,100000000]}}}]""",
        """[{"$addFields":{"x":{"$reduce":{"input":{"$range":[0,1000000]},"initialValue":"","in":{"$concat":["$$value","xxxxxxxxxx"]}}}}}]""",
        """[{"$match":{"title":{"$regex":"(a+)+$"}}}]""",
        """[{"$match":{"title":{"$regex":"["}}}]""",
        """[{}]""",
        """[{"$nope":1}]""",
        """[{"$match":{}, "$limit":1}]""",
        """[{"$facet":{"a":[{"$facet":{"b":[]}}]}}]""",
        """[{"$indexStats":{}}]""",
        """[{"$currentOp":{}}]""",
        """[{"$project":{"a.":1}}]""",
        """[{"$project":{"":1}}]""",
        """[{"$addFields":{"x":{"$toObjectId":"x"}}}]""",
        """[{"$addFields":{"x":{"$dateFromString":{"dateString":"x"}}}}]""",
        """[{"$addFields":{"x":{"$dateToString":{"date":"$title","format":"%Q"}}}}]""",
        """[{"$addFields":{"x":{"$pow":[10,100000]}}}]""",
        """[{"$addFields":{"x":{"$arrayElemAt":[[],1e18]}}}]""",
    ];

    internal static IEnumerable<Mutation> Of(WalkOperation operation)
    {
        if (operation.Row.Body is not { } body || !body.StartsWith('{'))
            yield break;
        foreach (var (member, isScalar) in operation.Members)
        {
            foreach (var value in member == "pipeline" ? Pipelines.Concat(HostileTexts.Json) : HostileTexts.Json)
            {
                yield return New(
                    $"{member}: {PathMutations.Abbreviate(value)}",
                    root => Set(root, member),
                    value,
                    isScalar && value[0] is ('{' or '[') ? member : null
                );
            }

            yield return New($"no {member}", root => Remove(root, member));
            yield return New($"{member} twice", root => Set(root, member), $"1,{JsonSerializer.Serialize(member.Split('.')[^1])}:\"x\"");
        }
        foreach (
            var name in new[]
            {
                "$where",
                "$set",
                "__proto__",
                "a.b",
                "id",
                "_id",
                "role",
                "ownerId",
                "version",
                "isAdmin",
                "passwordHash",
                "",
                "\0",
                "title\0",
                new('k', 2_000),
            }
        )
        {
            foreach (var value in new[] { "1", """{"$gt":""}""", "null", "\"admin\"" })
                yield return New($"unknown {PathMutations.Abbreviate(name)}: {value}", root => root[name] = Placeholder, value);
        }

        yield return New(
            "2,000 unknown members",
            root =>
            {
                for (var i = 0; i < 2_000; i++)
                    root[$"unknown{i}"] = i;
            }
        );
    }

    private static Mutation New(string name, Action<JsonObject> change, string value = "null", string? blamed = null) =>
        new(
            "member",
            name,
            draft =>
            {
                // An earlier mutation may have replaced the object.
                if (draft.Body is null || !draft.Body.StartsWith('{') || Parse(draft.Body) is not { } root)
                    return;
                change(root);
                draft.Body = root.ToJsonString(Relaxed).Replace($"\"{Placeholder}\"", value, StringComparison.Ordinal);
                draft.MayBeClosed |= draft.Body.Length > 60_000;
                draft.Blamed = blamed;
            }
        );

    private static JsonObject? Parse(string text)
    {
        try
        {
            return JsonNode.Parse(text) as JsonObject;
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            return null;
        }
    }

    private static void Set(JsonObject root, string member)
    {
        var names = member.Split('.');
        foreach (var name in names[..^1])
            root = root[name] as JsonObject ?? (JsonObject)(root[name] = new JsonObject());
        root[names[^1]] = Placeholder;
    }

    private static void Remove(JsonObject root, string member)
    {
        var names = member.Split('.');
        foreach (var name in names[..^1])
            root = root[name] as JsonObject ?? [];
        root.Remove(names[^1]);
    }
}
