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
    public void Passwords_that_guessers_try_are_known(string password) => Assert.True(_common.Contains(password));

    /// <summary>From both ends and the middle of the list, which holds them as they are.</summary>
    [Theory]
    [InlineData("!qaz1qaz")]
    [InlineData("zzzzzzz1")]
    [InlineData("qwertyuiop")]
    [InlineData("michaeljackson")]
    [InlineData("kristina1987")]
    public void Members_of_the_list_are_known(string password) => Assert.True(_common.Contains(password));

    [Fact]
    public void Random_passwords_are_refused_less_than_once_in_ten_thousand()
    {
        var random = new Random(20261128);
        var refused = Enumerable
            .Range(0, 200_000)
            .Count(_ =>
                _common.Contains(string.Concat(random.GetItems("abcdefghijklmnopqrstuvwxyz0123456789".AsSpan(), 12).AsEnumerable()))
            );
        Assert.True(refused <= 20, $"{refused} of 200,000 random passwords were refused.");
    }

    [Fact]
    public void The_list_has_more_than_a_hundred_thousand_entries() => Assert.True(_common.Count > 100_000);

    [Theory]
    [InlineData("dolly-zoom-on-the-pier-7")]
    [InlineData("rack-focus-through-rain-9")]
    [InlineData("дорога-к-морю-1986")]
    [InlineData("x7#mq!v2kz9w")]
    public void Passwords_that_nobody_lists_are_not(string password) => Assert.False(_common.Contains(password));
}
