using MovieLms.Data.Movies;

namespace MovieLms.Data.Tests.Movies;

public sealed class SearchWordsTests
{
    [Theory]
    [InlineData("Le Fabuleux destin d'Amélie Poulain", "le fabuleux destin damelie poulain")]
    [InlineData("  What the #$'! Do We Know ", "what the do we know")]
    [InlineData("Straße Ærø Łódź", "strasse aero lodz")]
    [InlineData("Alien³ ①", "alien3 1")]
    [InlineData("the THE The", "the")]
    [InlineData("東京物語", "東京物語")]
    [InlineData("!?", "")]
    [InlineData("a\ud800b", "a b")]
    public void Words_are_folded_and_distinct(string text, string words) => Assert.Equal(words, string.Join(' ', SearchWords.Of(text)));

    [Fact]
    public void Words_of_several_texts_are_combined_and_null_is_ignored() =>
        Assert.Equal(["alien", "ridley", "scott"], SearchWords.Of("Alien", null, "Ridley Scott"));

    [Fact]
    public void A_long_text_returns_a_limited_number_of_words_of_limited_length()
    {
        var words = SearchWords.Of(
            string.Join(' ', Enumerable.Range(0, 500).Select(i => new string('x', 100) + i)),
            string.Join(' ', Enumerable.Range(0, 500))
        );
        Assert.InRange(words.Count, 1, 60);
        Assert.All(words, word => Assert.InRange(word.Length, 1, 40));
    }

    [Fact]
    public void A_truncated_word_never_ends_in_half_of_a_surrogate_pair()
    {
        var word = Assert.Single(SearchWords.Of("a" + string.Concat(Enumerable.Repeat("𠮷", 30))));
        Assert.False(char.IsHighSurrogate(word[^1]));
    }
}
