using MovieLms.ApiService.Identity.Passwords;

namespace MovieLms.ApiService.Tests.Identity;

public sealed class CommonPasswordsTests
{
    private readonly CommonPasswords _common = new();

    [Theory]
    [InlineData("password1234")]
    [InlineData("p4$$w0rd!!!!")]
    [InlineData("dragondragon")]
    [InlineData("dragon.2024!")]
    [InlineData("1234567890")]
    [InlineData("0987654321")]
    [InlineData("abcdefghijkl")]
    [InlineData("aaaaaaaaaaaaa")]
    [InlineData("abcabcabcabc")]
    [InlineData("qwertyuiop")]
    [InlineData("1q2w3e4r5t")]
    [InlineData("correcthorsebatterystaple")]
    public void Variants_of_common_passwords_are_recognized(string password) => Assert.True(_common.Contains(password));

    /// <summary>Entries from both ends and the middle of the list.</summary>
    [Theory]
    [InlineData("!qaz1qaz")]
    [InlineData("zzzzzzz1")]
    [InlineData("qwertyuiop")]
    [InlineData("michaeljackson")]
    [InlineData("kristina1987")]
    public void Listed_passwords_are_recognized(string password) => Assert.True(_common.Contains(password));

    [Fact]
    public void At_most_one_in_ten_thousand_random_passwords_is_rejected()
    {
        var random = new Random(20261128);
        var rejected = Enumerable
            .Range(0, 200_000)
            .Count(_ =>
                _common.Contains(string.Concat(random.GetItems("abcdefghijklmnopqrstuvwxyz0123456789".AsSpan(), 12).AsEnumerable()))
            );
        Assert.True(rejected <= 20, $"{rejected} of 200,000 random passwords were rejected.");
    }

    [Fact]
    public void The_list_has_more_than_a_hundred_thousand_entries() => Assert.True(_common.Count > 100_000);

    [Theory]
    [InlineData("dolly-zoom-on-the-pier-7")]
    [InlineData("rack-focus-through-rain-9")]
    [InlineData("дорога-к-морю-1986")]
    [InlineData("x7#mq!v2kz9w")]
    public void Unlisted_passwords_are_not_recognized(string password) => Assert.False(_common.Contains(password));
}
