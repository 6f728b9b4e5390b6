using EmbeddedMongo.Authentication;

namespace EmbeddedMongo.Tests.Authentication;

public sealed class SaslPrepTests
{
    [Theory]
    // The examples of RFC 4013, section 3.
    [InlineData("I\u00ADX", "IX")]
    [InlineData("user", "user")]
    [InlineData("USER", "USER")]
    [InlineData("\u00AA", "a")]
    [InlineData("\u2168", "IX")]
    [InlineData("\u0007", null)]
    [InlineData("a\u00A0b\u3000c", "a b c")]
    [InlineData("e\u0301", "\u00E9")]
    [InlineData("\u0645\u200D\u0631", "\u0645\u0631")]
    [InlineData("\U0001D400", "A")]
    [InlineData("", null)]
    [InlineData("\u00AD", null)]
    [InlineData("a\u0000", null)]
    [InlineData("a\u200Bb", null)]
    [InlineData("a\u202Eb", null)]
    [InlineData("a\u2028b", null)]
    [InlineData("a\uE000", null)]
    [InlineData("a\uFFFE", null)]
    [InlineData("a\uFFFD", null)]
    [InlineData("a\u2FF0", null)]
    public void A_password_is_prepared_as_in_RFC_4013(string password, string? expected) =>
        Assert.Equal(expected, SaslPrep.Prepare(password));

    [Fact]
    public void An_unpaired_surrogate_is_prohibited() => Assert.Null(SaslPrep.Prepare("a" + (char)0xD800));
}
