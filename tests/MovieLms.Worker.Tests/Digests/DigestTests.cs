using System.Net;
using Microsoft.Extensions.DependencyInjection;
using MimeKit;
using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Digests;
using MovieLms.Data.Identity;
using MovieLms.Data.Mail;
using MovieLms.Data.Notifications;
using MovieLms.Data.Storage;
using MovieLms.Data.Todos;
using MovieLms.Testing;
using MovieLms.Worker.Digests;
using MovieLms.Worker.Jobs;
using MovieLms.Worker.Mail;

namespace MovieLms.Worker.Tests.Digests;

public sealed class DigestTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();
    private ServiceHost _host = null!;

    public async ValueTask InitializeAsync() =>
        _host = await ServiceHost.StartAsync(new ServiceHostOptions { Services = Services.Api | Services.Worker });

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Digest_contains_due_todos_grades_and_news_and_is_sent_once_a_week()
    {
        var user = await AddUserAsync("ida");
        await AddTodoAsync(user, "Cut the trailer", Now.AddDays(2));
        await AddTodoAsync(user, "Far away", Now.AddDays(30));
        await AddTodoAsync(user, "Finished", Now.AddDays(1), done: true);
        await AddTodoAsync(user, "Without a due date", null);
        var notifications = _host.App.Services.GetRequiredService<NotificationStore>();
        await notifications.AddAsync(
            new NotificationDocument
            {
                UserId = user,
                Kind = "grade",
                Title = "Graded: Storyboard",
                Text = "87 of 100",
            },
            default
        );
        await notifications.AddAsync(
            new NotificationDocument
            {
                UserId = user,
                Kind = "announcement",
                Title = "No lecture on Monday <3",
                Text = "",
            },
            default
        );
        await notifications.AddAsync(
            new NotificationDocument
            {
                UserId = user,
                Kind = "order",
                Title = "Paid",
                Text = "",
            },
            default
        );

        await RunAsync();
        await RunAsync();
        var mail = Assert.Single(await MailsAsync("ida"));
        Assert.Contains("Cut the trailer", mail.Text, StringComparison.Ordinal);
        Assert.Contains("Graded: Storyboard: 87 of 100", mail.Text, StringComparison.Ordinal);
        Assert.Contains("No lecture on Monday &lt;3", mail.Html, StringComparison.Ordinal);
        foreach (var other in new[] { "Far away", "Finished", "Without a due date", "Paid" })
            Assert.DoesNotContain(other, mail.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Digest_is_sent_only_to_subscribed_users_who_have_something_to_read()
    {
        await AddUserAsync("nothing-new");
        var unsubscribed = await AddUserAsync("unsubscribed", isSubscribed: false);
        var unverified = await AddUserAsync("unverified", isVerified: false);
        var archived = await AddUserAsync("archived", archivedAt: Now);
        foreach (var user in new[] { unsubscribed, unverified, archived })
            await AddTodoAsync(user, "Due", Now);
        await RunAsync();
        foreach (var name in new[] { "nothing-new", "unsubscribed", "unverified", "archived" })
            Assert.Empty(await MailsAsync(name));
    }

    [Fact]
    public async Task One_click_unsubscribes_without_signing_in()
    {
        var user = await AddUserAsync("leaver");
        await AddTodoAsync(user, "Due", Now);
        await RunAsync();
        var mail = Assert.Single(await MailsAsync("leaver"));
        using var message = new MailComposer(MailboxAddress.Parse("MovieLms <no-reply@movielms.test>")).Compose(mail);
        Assert.Equal("List-Unsubscribe=One-Click", message.Headers["List-Unsubscribe-Post"]);
        var path = new Uri(message.Headers["List-Unsubscribe"]!.Trim('<', '>')).PathAndQuery;
        Assert.Contains(path, message.HtmlBody, StringComparison.Ordinal);

        // A GET changes nothing, because mail scanners follow links.
        using var page = await _host.Client.GetAsync(path);
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.True((await UserAsync(user)).MailPreferences.Digests);
        for (var click = 0; click < 2; click++)
        {
            using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["List-Unsubscribe"] = "One-Click" });
            using var response = await _host.Client.PostAsync(path, form);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }
        Assert.False((await UserAsync(user)).MailPreferences.Digests);
    }

    [Fact]
    public async Task Forged_link_does_not_unsubscribe()
    {
        var user = await AddUserAsync("stayer");
        var token = await _host.App.Services.GetRequiredService<UnsubscribeLinks>().SignAsync(user, default);
        var other = (token[0] == 'A' ? 'B' : 'A') + token[1..];
        foreach (var wrong in new[] { other, token[..^2], "x", new string('A', token.Length) })
        {
            using var response = await _host.Client.PostAsync($"/api/mail/unsubscribe/{wrong}", null);
            Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        }
        Assert.True((await UserAsync(user)).MailPreferences.Digests);
    }

    private Task RunAsync() =>
        _host.App.Services.GetServices<IRecurringJob>().OfType<DigestJob>().Single().RunAsync(CancellationToken.None);

    private IMongoCollection<UserDocument> Users => _host.Database.GetCollection<UserDocument>(CollectionNames.Users);

    private async Task<UserDocument> UserAsync(ObjectId id) => await Users.Find(user => user.Id == id).SingleAsync();

    private async Task<ObjectId> AddUserAsync(
        string name,
        bool isSubscribed = true,
        bool isVerified = true,
        DateTimeOffset? archivedAt = null
    )
    {
        var user = new UserDocument
        {
            Id = ObjectId.GenerateNewId(),
            Username = name,
            Email = $"{name}@example.test",
            EmailNormalized = $"{name}@example.test",
            Role = "student",
            EmailVerifiedAt = isVerified ? DateTimeOffset.UnixEpoch : null,
            ArchivedAt = archivedAt,
            MailPreferences = new MailPreferences { Digests = isSubscribed },
        };
        await Users.InsertOneAsync(user);
        return user.Id;
    }

    private Task AddTodoAsync(ObjectId owner, string title, DateTimeOffset? due, bool done = false) =>
        _host
            .Database.GetCollection<TodoDocument>(TodoEntity.Collection)
            .InsertOneAsync(
                new TodoDocument
                {
                    Id = ObjectId.GenerateNewId(),
                    OwnerId = owner,
                    Title = title,
                    DueDate = due,
                    Done = done,
                }
            );

    private async Task<List<MailDocument>> MailsAsync(string name) =>
        await _host
            .Database.GetCollection<MailDocument>(CollectionNames.Outbox)
            .Find(mail => mail.To == $"{name}@example.test")
            .ToListAsync();
}
