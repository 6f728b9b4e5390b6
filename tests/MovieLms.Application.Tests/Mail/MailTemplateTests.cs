using Microsoft.Extensions.Configuration;
using MovieLms.Application.Mail;

namespace MovieLms.Application.Tests.Mail;

public sealed class MailTemplateTests
{
    private const string Address = "https://school.example";

    [Fact]
    public void A_mail_has_a_text_part_with_everything_that_the_HTML_part_has()
    {
        var mail = new MailTemplate("Your week", ["Hello <Ida>,"])
        {
            Sections = [new MailSection("New grades", [new MailItem("Storyboard: 87", $"{Address}/grades"), new MailItem("and more")])],
            Code = "123456",
            Button = ("Open MovieLms", Address),
            Footnote = "Once a week.",
            FootLink = ("Unsubscribe", $"{Address}/unsubscribe"),
        }.To("ida@example.test");
        string[] parts =
        [
            "Your week",
            "New grades",
            "Storyboard: 87",
            $"{Address}/grades",
            "and more",
            "123456",
            "Open MovieLms",
            "Once a week.",
            "Unsubscribe",
            $"{Address}/unsubscribe",
        ];
        foreach (var part in parts)
        {
            Assert.Contains(part, mail.Text, StringComparison.Ordinal);
            Assert.Contains(part, mail.Html, StringComparison.Ordinal);
        }
        Assert.Contains("Hello <Ida>,", mail.Text, StringComparison.Ordinal);
        Assert.Contains("Hello &lt;Ida&gt;,", mail.Html, StringComparison.Ordinal);
        Assert.Contains("prefers-color-scheme:dark", mail.Html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/api/orders/65a000000000000000000001", "/orders/65a000000000000000000001")]
    [InlineData("/api/courses/65a000000000000000000001/announcements/65a000000000000000000002", "/courses/65a000000000000000000001")]
    [InlineData("/api/submissions/65a000000000000000000001", "/grades")]
    [InlineData("/api/rooms/course-1", "/chat/course-1")]
    [InlineData("/orders/65a000000000000000000001", "/orders/65a000000000000000000001")]
    [InlineData("/api/unknown", null)]
    [InlineData(null, null)]
    public void A_link_of_a_notification_leads_to_a_page(string? link, string? expected)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([KeyValuePair.Create("PublicUrl", (string?)$"{Address}/")])
            .Build();
        Assert.Equal(expected is null ? null : Address + expected, new PageLinks(configuration).FromNotification(link));
    }
}
