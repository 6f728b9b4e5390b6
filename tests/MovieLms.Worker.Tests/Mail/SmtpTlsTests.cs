using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using MimeKit;
using MongoDB.Driver;
using MovieLms.Data.Mail;
using MovieLms.Data.Storage;
using MovieLms.Testing;
using MovieLms.Worker.Mail;
using MovieLms.Worker.Telemetry;

namespace MovieLms.Worker.Tests.Mail;

/// <summary>Submission with STARTTLS and a password to a server with a self-signed certificate.</summary>
public sealed class SmtpTlsTests : IAsyncLifetime
{
    private const string Credentials = "school@example.test:sixteen-letters-";
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly string _name = BackingServices.CreateName();
    private readonly string _folder = Directory.CreateTempSubdirectory("movielms-smtp-").FullName;
    private readonly X509Certificate2 _certificate = Certificate("localhost");
    private SmtpSink _server = null!;
    private MongoClient _client = null!;
    private OutboxStore _outbox = null!;

    private string AuthorityFile => Path.Combine(_folder, "authority.pem");

    public async ValueTask InitializeAsync()
    {
        MongoSerialization.Register();
        _server = new SmtpSink(_certificate, Credentials);
        await File.WriteAllTextAsync(AuthorityFile, _certificate.ExportCertificatePem());
        _client = new MongoClient((await BackingServices.GetAsync()).MongoServer);
        _outbox = new OutboxStore(_client.GetDatabase(_name), _time);
        await _outbox.EnsureIndexesAsync(IndexBuilder.Creating, default);
        await _outbox.AddAsync(new OutgoingMail("ida@example.test", "One", "text", "<p>html</p>"), default);
    }

    [Fact]
    public async Task A_mail_and_the_password_are_sent_only_over_STARTTLS()
    {
        await Sender(Credentials).RunNextAsync(default);
        Assert.Contains("<ida@example.test>", Assert.Single(_server.Mails).Recipients);
        Assert.Equal(MailState.Sent, (await StoredAsync()).State);
        Assert.All(
            _server.Commands.Where(command => !command.StartsWith("TLS ", StringComparison.Ordinal)),
            command => Assert.Matches("^(EHLO|STARTTLS)", command)
        );
        Assert.Contains(_server.Commands, command => command.StartsWith("TLS AUTH", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_server_that_refuses_STARTTLS_receives_no_password_and_no_mail()
    {
        _server.RefusesTls = true;
        await Sender(Credentials).RunNextAsync(default);
        await AssertNothingSentAsync(MailState.Queued);
    }

    [Fact]
    public async Task A_certificate_of_an_unknown_CA_is_rejected()
    {
        await Sender(Credentials, authority: null).RunNextAsync(default);
        await AssertNothingSentAsync(MailState.Queued);
    }

    [Fact]
    public async Task A_certificate_for_another_name_is_rejected_even_from_a_known_CA()
    {
        await using var other = new SmtpSink(Certificate("mail.example"), Credentials);
        await Sender(Credentials, other).RunNextAsync(default);
        Assert.Empty(other.Mails);
        Assert.DoesNotContain(other.Commands, command => command.Contains("AUTH", StringComparison.Ordinal));
        Assert.Equal(MailState.Queued, (await StoredAsync()).State);
    }

    [Fact]
    public async Task A_mail_is_dead_after_the_maximum_attempts_with_a_wrong_password()
    {
        var sender = Sender("school@example.test:wrong");
        var attempts = 0;
        while (await sender.RunNextAsync(default))
        {
            attempts++;
            Assert.Equal(nameof(MailKit.Security.AuthenticationException), (await StoredAsync()).LastError);
            _time.Advance(TimeSpan.FromHours(1));
        }
        Assert.Equal(OutboxSender.MaxAttempts, attempts);
        await AssertNothingSentAsync(MailState.Dead);
    }

    [Fact]
    public async Task Waiting_mail_is_sent_after_the_password_is_corrected()
    {
        await Sender("school@example.test:wrong").RunNextAsync(default);
        _time.Advance(OutboxSender.GetRetryDelay(1));
        await Sender(Credentials).RunNextAsync(default);
        Assert.Single(_server.Mails);
        Assert.Equal(MailState.Sent, (await StoredAsync()).State);
    }

    private async Task AssertNothingSentAsync(MailState state)
    {
        Assert.Empty(_server.Mails);
        Assert.DoesNotContain(
            _server.Commands,
            command => command.StartsWith("AUTH", StringComparison.Ordinal) || command.Contains("MAIL", StringComparison.Ordinal)
        );
        var stored = await StoredAsync();
        Assert.Equal(state, stored.State);
        Assert.DoesNotContain("sixteen", stored.LastError);
    }

    private OutboxSender Sender(string credentials) => Sender(credentials, _server, AuthorityFile);

    private OutboxSender Sender(string credentials, string? authority) => Sender(credentials, _server, authority);

    private OutboxSender Sender(string credentials, SmtpSink server) => Sender(credentials, server, AuthorityFile);

    private OutboxSender Sender(string credentials, SmtpSink server, string? authority)
    {
        var text =
            $"smtp://{string.Join(':', credentials.Split(':').Select(Uri.EscapeDataString))}@localhost:{server.Port}?tls=starttls"
            + (authority is null ? "" : $"&authority={Uri.EscapeDataString(authority)}");
        return new(
            _outbox,
            new SmtpTransport(MailConnection.Parse(text)),
            new MailComposer(MailboxAddress.Parse("MovieLms <no-reply@movielms.test>")),
            new WorkerMetrics(),
            _time,
            NullLogger<OutboxSender>.Instance
        );
    }

    private Task<MailDocument> StoredAsync() =>
        _client.GetDatabase(_name).GetCollection<MailDocument>(CollectionNames.Outbox).Find(_ => true).SingleAsync();

    private static X509Certificate2 Certificate(string host)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={host}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(host);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
    }

    public async ValueTask DisposeAsync()
    {
        await _client.DropDatabaseAsync(_name);
        _client.Dispose();
        await _server.DisposeAsync();
        _certificate.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
