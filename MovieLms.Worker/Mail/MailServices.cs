using Microsoft.Extensions.Diagnostics.HealthChecks;
using MimeKit;
using MovieLms.Application.Work;

namespace MovieLms.Worker.Mail;

/// <summary>The sender of the outbox, where <c>ConnectionStrings:smtp</c> says how; without it mail waits.</summary>
internal static class MailServices
{
    private const string DefaultFrom = "MovieLms <no-reply@movielms.local>";

    internal static void AddMail(this IHostApplicationBuilder builder)
    {
        var text = builder.Configuration.GetConnectionString("smtp");
        if (string.IsNullOrEmpty(text))
        {
            builder
                .Services.AddHealthChecks()
                .AddCheck(
                    "mail",
                    () => HealthCheckResult.Degraded("Mail is not configured (ConnectionStrings:smtp); it waits in the outbox.")
                );
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
