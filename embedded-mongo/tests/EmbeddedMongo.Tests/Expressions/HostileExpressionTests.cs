namespace EmbeddedMongo.Tests.Expressions;

/// <summary>Expressions that grow small operands without bound must fail before the process runs out of memory.</summary>
public sealed class HostileExpressionTests
{
    [Theory]
    [InlineData("{$range: [0, 2147483647]}", 146)]
    [InlineData("{$map: {input: {$range: [0, 100000]}, in: {$range: [0, {$add: ['$n', 100000]}]}}}", 146)]
    [InlineData("{$map: {input: {$range: [0, 1000]}, in: {$map: {input: {$range: [0, 1000]}, in: {x: {$range: [0, '$n']}}}}}}", 146)]
    [InlineData("{$reduce: {input: {$range: [0, 64]}, initialValue: [1], in: {$concatArrays: ['$$value', '$$value']}}}", 146)]
    [InlineData("{$reduce: {input: {$range: [0, 64]}, initialValue: 'ab', in: {$concat: ['$$value', '$$value']}}}", 13548)]
    [InlineData(
        "{$reduce: {input: {$range: [0, 64]}, initialValue: 'aa', in: {$replaceAll: {input: '$$value', find: 'a', replacement: '$$value'}}}}",
        13548
    )]
    public void Unbounded_growth_is_rejected(string expression, int code) => Assert.Equal(code, Evaluate.Error(expression, "{n: 500}"));

    [Fact]
    public void Many_long_fields_are_rejected()
    {
        var fields = string.Join(", ", Enumerable.Range(0, 50).Select(i => $"f{i}: {{$range: [0, {{$add: ['$n', 1000000]}}]}}"));
        Assert.Equal(146, Evaluate.Error($"{{{fields}}}", "{n: 500}"));
    }
}
