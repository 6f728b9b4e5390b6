using Microsoft.Extensions.Diagnostics.HealthChecks;
using MimeKit;
using MovieLms.Application.Work;

namespace MovieLms.Worker.Mail;

/// <summary>Registers the sender of the outbox. Without <c>ConnectionStrings:smtp</c>, mail stays in the outbox.</summary>
internal static class MailExtensions
{
    private const string DefaultFrom = "MovieLms <no-reply@movielms.local>";

    internal static void AddMail(this IHostApplicationBuilder builder)
    {
        var text = builder.Configuration.GetConnectionString("smtp");
        if (string.IsNullOrEmpty(text))
        {
            builder
                .Services.AddHealthChecks()
                .AddCheck("mail", () => HealthCheckResult.Degraded("ConnectionStrings:smtp is not set. Mail stays in the outbox."));
            return;
        }
        var connection = MailConnection.Parse(text);
        var from = MailboxAddress.Parse(builder.Configuration["Mail:From"] ?? DefaultFrom);
        builder.Services.AddSingleton<IMailTransport>(new SmtpTransport(connection));
        builder.Services.AddSingleton(new MailComposer(from));
        builder.Services.AddWorkQueue<OutboxSender>();
        builder.Services.AddHealthChecks().AddCheck<OutboxSender>("mail", HealthStatus.Degraded, timeout: TimeSpan.FromSeconds(3));
    }
}
