using EmbeddedMongo.Errors;
using EmbeddedMongo.Query;
using MongoDB.Bson;

namespace EmbeddedMongo.Tests.Query;

public class SortSpecTests
{
    [Theory]
    [InlineData("{a: 1}", "3 4 2 1 0")]
    [InlineData("{a: -1}", "1 0 2 4 3")]
    public void Arrays_sort_by_their_smallest_element_ascending_and_largest_descending(string sort, string expected)
    {
        string[] documents = ["{a: 3}", "{a: [2, 9]}", "{a: 1}", "{a: []}", "{}"];
        Assert.Equal(expected, Sorted(sort, documents));
    }

    [Fact]
    public void Keys_under_one_array_sort_as_pairs_of_the_same_element()
    {
        string[] documents = ["{a: [{b: 2, c: 1}, {b: 1, c: 9}]}", "{a: [{b: 1, c: 5}]}"];
        Assert.Equal("1 0", Sorted("{'a.b': 1, 'a.c': 1}", documents));
    }

    [Fact]
    public void Missing_and_null_are_equal_and_the_sort_is_stable()
    {
        Assert.Equal("2 0 1 3", Sorted("{a: 1}", ["{}", "{a: null}", "{a: []}", "{a: 0}"]));
    }

    [Theory]
    [InlineData("{a: 0}", 15975)]
    [InlineData("{a: 'x'}", 15974)]
    [InlineData("{'a.': 1}", 40353)]
    [InlineData("{$a: 1}", 16410)]
    [InlineData("{a: {$meta: 'textScore'}}", 2)]
    public void A_malformed_sort_is_rejected(string sort, int code) =>
        Assert.Equal(code, Assert.Throws<MongoErrorException>(() => SortSpec.Parse(BsonDocument.Parse(sort))).Code);

    [Fact]
    public void Parallel_arrays_cannot_be_sorted() =>
        Assert.Equal(2, Assert.Throws<MongoErrorException>(() => Sorted("{a: 1, b: 1}", ["{a: [1, 2], b: [1, 2]}", "{}"])).Code);

    [Fact]
    public void A_limit_keeps_exactly_the_first_documents()
    {
        var random = new Random(7);
        var sorter = new DocumentSorter<int>(SortSpec.Parse(new BsonDocument("n", 1)), limit: 5);
        var numbers = Enumerable.Range(0, 1000).Select(_ => random.Next(100)).ToArray();
        foreach (var number in numbers)
            sorter.Add(new BsonDocument("n", number), number);

        Assert.Equal(numbers.Order().Take(5), sorter.GetSorted());
        Assert.True(sorter.Count < 70);
    }

    private static string Sorted(string sort, string[] documents)
    {
        var sorter = new DocumentSorter<int>(SortSpec.Parse(BsonDocument.Parse(sort)));
        for (var i = 0; i < documents.Length; i++)
            sorter.Add(BsonDocument.Parse(documents[i]), i);

        return string.Join(' ', sorter.GetSorted());
    }
}
