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

    [Theory]
    [InlineData("dolly-zoom-on-the-pier-7")]
    [InlineData("rack-focus-through-rain-9")]
    [InlineData("дорога-к-морю-1986")]
    [InlineData("x7#mq!v2kz9w")]
    public void Passwords_that_nobody_lists_are_not(string password) => Assert.False(_common.Contains(password));
}
