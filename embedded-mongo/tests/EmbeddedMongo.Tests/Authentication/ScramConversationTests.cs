using EmbeddedMongo.Authentication;
using EmbeddedMongo.Errors;

namespace EmbeddedMongo.Tests.Authentication;

/// <summary>The example of RFC 7677, section 3, and changed messages.</summary>
public sealed class ScramConversationTests
{
    private const string First = "n,,n=user,r=rOprNGfwEbeRWgbNEkqO";
    private const string Nonce = "rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
    private const string Proof = $"c=biws,r={Nonce},p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";

    [Fact]
    public void The_messages_are_those_of_RFC_7677()
    {
        var conversation = Create();

        Assert.Equal($"r={Nonce},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096", conversation.Reply(First));
        Assert.False(conversation.IsComplete);
        Assert.Equal("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=", conversation.Reply(Proof));
        Assert.Equal(("user", true), (conversation.UserName, conversation.IsComplete));
    }

    [Theory]
    [InlineData("")]
    [InlineData("n,,")]
    [InlineData("n,,n=user")]
    [InlineData("n,,n=user,r=")]
    [InlineData("n,,r=rOprNGfwEbeRWgbNEkqO,n=user")]
    [InlineData("n,,m=ext,n=user,r=rOprNGfwEbeRWgbNEkqO")]
    [InlineData("n,a=admin,n=user,r=rOprNGfwEbeRWgbNEkqO")]
    [InlineData("p=tls-unique,,n=user,r=rOprNGfwEbeRWgbNEkqO")]
    [InlineData("n=user,r=rOprNGfwEbeRWgbNEkqO")]
    public void A_malformed_first_message_is_rejected(string message) => AssertRejected(Create(), message);

    [Theory]
    [InlineData("")]
    [InlineData($"c=biws,r={Nonce}")]
    [InlineData($"c=biws,r={Nonce},p=")]
    [InlineData($"c=biws,r={Nonce},p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVE=")]
    [InlineData($"c=biws,r={Nonce},p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=AAAA")]
    [InlineData($"c=biws,r={Nonce},p=not base64")]
    [InlineData($"c=eSws,r={Nonce},p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=")]
    [InlineData("c=biws,r=rOprNGfwEbeRWgbNEkqO,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=")]
    public void A_wrong_proof_is_rejected(string message)
    {
        var conversation = Create();
        conversation.Reply(First);
        AssertRejected(conversation, message);
    }

    [Fact]
    public void A_message_after_the_last_one_is_rejected()
    {
        var conversation = Create();
        conversation.Reply(First);
        conversation.Reply(Proof);
        Assert.Equal(18, Assert.Throws<MongoErrorException>(() => conversation.Reply("")).Code);
    }

    private static void AssertRejected(ScramConversation conversation, string message)
    {
        Assert.Equal(18, Assert.Throws<MongoErrorException>(() => conversation.Reply(message)).Code);
        Assert.False(conversation.IsComplete);
    }

    private static ScramConversation Create() =>
        new(
            _ => ScramCredential.Derive("pencil", Convert.FromBase64String("W22ZaJ0SNY7soEsUEjb6gQ=="), 4096),
            skipEmptyExchange: true,
            Nonce[20..]
        );
}
