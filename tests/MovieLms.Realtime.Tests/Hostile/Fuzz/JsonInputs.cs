using System.Text;
using System.Text.Json;

namespace MovieLms.Realtime.Tests.Hostile.Fuzz;

/// <summary>Hostile calls of a method in the hub's JSON protocol.</summary>
internal static class JsonInputs
{
    private const int Mutations = 70;

    /// <summary>Values to replace an argument with; some are not valid JSON.</summary>
    private static IEnumerable<(string Name, string Json)> Values =>
        [
            ("null", "null"),
            ("true", "true"),
            ("false", "false"),
            ("zero", "0"),
            ("minus zero", "-0"),
            ("negative", "-1"),
            ("fraction", "1.5"),
            ("exponent", "1e2"),
            ("beyond double", "1e400"),
            ("below double", "-1e400"),
            ("tiny", "1e-400"),
            ("NaN", "NaN"),
            ("infinity", "Infinity"),
            ("minus infinity", "-Infinity"),
            ("largest long", "9223372036854775807"),
            ("beyond long", "9223372036854775808"),
            ("smallest long", "-9223372036854775808"),
            ("beyond int", "2147483648"),
            ("400 digits", new string('7', 400)),
            ("hexadecimal", "0x10"),
            ("leading zero", "01"),
            ("plus", "+1"),
            ("no digit before the point", ".5"),
            ("no digit after the point", "1."),
            ("array", "[]"),
            ("array of a string", "[\"lobby\"]"),
            ("object", "{}"),
            ("operator", "{\"$ne\":null}"),
            ("where", "{\"$where\":\"sleep(1000)\"}"),
            ("type", "{\"$type\":\"System.IO.FileInfo, System.Private.CoreLib\",\"fileName\":\"/etc/passwd\"}"),
            ("reference", "{\"$ref\":\"1\"}"),
            ("prototype", "{\"__proto__\":{\"a\":1}}"),
            ("nested 70", Nested(70)),
            ("nested 5000", Nested(5_000)),
            ("nested objects", string.Concat(Enumerable.Repeat("{\"a\":", 200)) + "1" + new string('}', 200)),
            ("open brackets", new string('[', 3_000)),
            ("high surrogate", "\"\\ud83d\""),
            ("low surrogate", "\"\\udc00\""),
            ("swapped surrogates", "\"\\udc00\\ud83d\""),
            ("escaped NUL", "\"\\u0000\""),
            ("raw control character", "\"a\u0001b\""),
            ("raw line break", "\"a\nb\""),
            ("no end", "\"lobby"),
            ("single quotes", "'lobby'"),
            ("bare word", "lobby"),
            ("wrong escape", "\"\\x41\""),
            ("wrong Unicode escape", "\"\\uZZZZ\""),
            ("comment", "/* */\"lobby\""),
            ("trailing comma", "\"lobby\","),
            ("large array", $"[{string.Join(',', Enumerable.Repeat("0", 10_000))}]"),
        ];

    internal static IEnumerable<HubInput> Of(HubMethod method, Random random)
    {
        var valid = method.Json;
        var values = Values.Concat(HostileStrings.All.Select(value => (value.Name, Json: JsonSerializer.Serialize(value.Text)))).ToArray();
        for (var i = 0; i < valid.Length; i++)
        {
            foreach (var (name, json) in values)
            {
                yield return Call(
                    method.Name,
                    $"argument {i}: {name}",
                    string.Join(',', valid.Select((argument, index) => index == i ? json : argument))
                );
            }
        }
        foreach (var (name, json) in Shapes(method.Name, string.Join(',', valid)))
            yield return Text(name, json);
        var whole = Call(method.Name, "valid", string.Join(',', valid)).Payload;
        for (var i = 0; i < Mutations; i++)
            yield return Mutate(whole, 1, i, random);
        yield return Text("invalid UTF-8", "") with
        {
            Payload =
            [
                .. Encoding.UTF8.GetBytes($"{{\"type\":1,\"invocationId\":\"x\",\"target\":\"{method.Name}\",\"arguments\":[\""),
                0xC3,
                0x28,
                0xFF,
                .. "\"]}\u001e"u8,
            ],
        };
        yield return Call(method.Name, "binary message", string.Join(',', valid)) with
        {
            Opcode = 2,
        };
    }

    /// <summary>Replaces, removes, repeats or truncates bytes of a valid message.</summary>
    internal static HubInput Mutate(byte[] valid, int opcode, int number, Random random)
    {
        var bytes = valid.ToList();
        var at = random.Next(bytes.Count);
        switch (number % 4)
        {
            case 0:
                bytes[at] = (byte)random.Next(256);
                break;
            case 1:
                bytes.RemoveRange(at, Math.Min(random.Next(1, 5), bytes.Count - at));
                break;
            case 2:
                bytes.InsertRange(at, bytes.Skip(at).Take(random.Next(1, 20)).ToArray());
                break;
            default:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
        }
        return new HubInput($"mutation {number} at {at}", [.. bytes], opcode);
    }

    private static IEnumerable<(string Name, string Json)> Shapes(string method, string arguments)
    {
        string Of(string type = "1", string id = "\"x\"", string? target = null, string? list = null, string more = "") =>
            $"{{\"type\":{type},\"invocationId\":{id},\"target\":{target ?? $"\"{method}\""},\"arguments\":{list ?? $"[{arguments}]"}{more}}}";

        foreach (
            var list in new[]
            {
                "null",
                "{}",
                "\"lobby\"",
                "1",
                "[]",
                $"[{arguments},1]",
                $"[{arguments},{arguments},{arguments},{arguments}]",
                $"[[{arguments}]]",
                "[{}]",
                "[",
                "",
            }
        )
        {
            yield return ($"arguments {list}", Of(list: list));
        }

        foreach (
            var type in new[] { "null", "\"1\"", "1.0", "0", "-1", "2", "3", "4", "5", "6", "7", "8", "9", "99", "1e9", "[1]", "true" }
        )
        {
            yield return ($"type {type}", Of(type: type));
        }

        foreach (var id in new[] { "null", "1", "{}", "[]", "\"\"", "\"\\u0000\"", "\"\\ud83d\"", $"\"{new string('i', 20_000)}\"" })
            yield return ($"invocation {id[..Math.Min(9, id.Length)]}", Of(id: id));
        foreach (
            var name in new[]
            {
                method.ToUpperInvariant(),
                method.ToLowerInvariant(),
                $" {method}",
                $"{method}\\u0000",
                $"{method}Async",
                $"get_{method}",
                "Dispose",
                "ToString",
                "",
            }
        )
        {
            yield return ($"target {name}", Of(target: $"\"{name}\""));
        }

        foreach (var target in new[] { "null", "1", "{}", $"[\"{method}\"]" })
            yield return ($"target {target}", Of(target: target));
        foreach (
            var more in new[]
            {
                ",\"headers\":1",
                ",\"headers\":{\"a\":null}",
                ",\"streamIds\":[\"1\"]",
                ",\"streamIds\":1",
                ",\"streamIds\":[1,null]",
                ",\"arguments\":[]",
                ",\"target\":\"None\"",
                ",\"x\":{}",
            }
        )
        {
            yield return ($"with {more}", Of(more: more));
        }

        yield return ("the same invocation twice", Of() + RawHub.End + Of());
        yield return ("canceled at once", Of() + RawHub.End + "{\"type\":5,\"invocationId\":\"x\"}");
        yield return ("canceled before", "{\"type\":5,\"invocationId\":\"x\"}" + RawHub.End + Of());
        yield return ("item of an unknown stream", "{\"type\":2,\"invocationId\":\"x\",\"item\":{}}" + RawHub.End + Of());
        yield return ("completion of an unknown call", "{\"type\":3,\"invocationId\":\"x\",\"result\":1}" + RawHub.End + Of());
        yield return (
            "completion with result and error",
            "{\"type\":3,\"invocationId\":\"x\",\"result\":1,\"error\":\"e\"}" + RawHub.End + Of()
        );
        yield return ("stream call", Of(type: "4"));
        yield return ("arguments first", $"{{\"arguments\":[{arguments}],\"invocationId\":\"x\",\"type\":1,\"target\":\"{method}\"}}");
        yield return ("empty messages", new string(RawHub.End, 100) + Of());
        yield return ("text after the object", Of() + "garbage");
        yield return ("byte order mark", "\ufeff" + Of());
        yield return ("a second handshake", RawHub.Handshake + RawHub.End + Of());
    }

    private static HubInput Call(string method, string name, string arguments) =>
        Text(name, $"{{\"type\":1,\"invocationId\":\"x\",\"target\":\"{method}\",\"arguments\":[{arguments}]}}");

    private static HubInput Text(string name, string json) => new(name, Encoding.UTF8.GetBytes(json + RawHub.End), 1);

    private static string Nested(int depth) => new string('[', depth) + new string(']', depth);
}
