using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Application.Imports;
using MovieLms.Application.Work;
using MovieLms.Data.Identity;
using MovieLms.Data.Imports;
using MovieLms.Data.Movies;
using MovieLms.Data.Storage;
using MovieLms.Testing;
using MovieLms.Worker.Imports;

namespace MovieLms.Worker.Tests.Imports;

/// <summary>A worker host that does not poll for imports unless <c>runs</c> is true: tests call the processor themselves.</summary>
internal sealed class ImportFixture(ServiceHost host) : IAsyncDisposable
{
    internal ImportStore Imports => Get<ImportStore>();

    internal ImportQueue Queue => Get<ImportQueue>();

    internal ImportProcessor Processor => Get<ImportProcessor>();

    internal static async Task<ImportFixture> StartAsync(
        Action<IServiceCollection>? configure = null,
        Dictionary<string, string?>? settings = null,
        bool runs = false
    )
    {
        var host = await ServiceHost.StartAsync(
            new ServiceHostOptions
            {
                Services = Services.Worker,
                Settings = settings ?? [],
                Configure = services =>
                {
                    foreach (
                        var service in services
                            .Where(registered =>
                                !runs
                                && registered.ServiceType == typeof(IHostedService)
                                && registered.ImplementationType == typeof(PollingService<ImportProcessor>)
                            )
                            .ToArray()
                    )
                    {
                        services.Remove(service);
                    }

                    configure?.Invoke(services);
                },
            }
        );
        return new ImportFixture(host);
    }

    internal HttpClient Client => host.Client;

    internal T Get<T>()
        where T : notnull => host.App.Services.GetRequiredService<T>();

    internal IMongoCollection<BsonDocument> Collection(string name) => host.Database.GetCollection<BsonDocument>(name);

    internal Task<long> MoviesAsync() => Collection(MovieEntity.Collection).CountDocumentsAsync(new BsonDocument());

    /// <summary>Queues an import with its file, and stages the file in Redis unless <paramref name="isStaged"/> is false.</summary>
    internal async Task<ObjectId> QueueAsync(
        byte[] content,
        ImportFormat format,
        ObjectId? owner = null,
        bool isStaged = true,
        ImportKind kind = ImportKind.Movies,
        ObjectId? subject = null
    )
    {
        var id = ObjectId.GenerateNewId();
        await Imports.BeginUploadAsync(
            id,
            kind,
            await EnsureOwnerAsync(owner ?? ObjectId.GenerateNewId()),
            subject,
            1_000,
            CancellationToken.None
        );
        await using (var stored = await Get<UploadStore>().CreateAsync(id, "test", CancellationToken.None))
        {
            await stored.WriteAsync(content);
            await stored.CloseAsync();
        }
        for (var piece = 0; isStaged && piece * UploadStore.ChunkSize < content.Length; piece++)
        {
            var start = piece * UploadStore.ChunkSize;
            await Get<StagedUploads>()
                .TryWriteAsync(id.ToString(), piece, content.AsMemory(start, Math.Min(UploadStore.ChunkSize, content.Length - start)));
        }
        var file = new ImportFile(
            "test",
            "",
            content.Length,
            format,
            Convert.ToHexStringLower(SHA256.HashData(content)),
            UploadStore.ChunkSize
        );
        await Imports.QueueAsync(id, file, CancellationToken.None);
        return id;
    }

    /// <summary>Adds the uploader as an instructor, unless the test has stored a user with this ID.</summary>
    private async Task<ObjectId> EnsureOwnerAsync(ObjectId id)
    {
        var users = Get<UserStore>();
        if (await users.FindAsync(id, CancellationToken.None) is not null)
            return id;
        var email = $"{id}@example.test";
        var user = new UserDocument
        {
            Id = id,
            Username = "An instructor",
            Email = email,
            EmailNormalized = email,
            Role = "instructor",
            MailPreferences = new MailPreferences { Reports = false },
        };
        await host.Database.GetCollection<UserDocument>(CollectionNames.Users).InsertOneAsync(user);
        return id;
    }

    internal async Task<ImportDocument> FindAsync(ObjectId id) =>
        await Imports.FindAsync(id, null, CancellationToken.None) ?? throw new InvalidOperationException("The import does not exist.");

    internal async Task<List<ImportErrorDocument>> ErrorsAsync(ObjectId id)
    {
        var errors = new List<ImportErrorDocument>();
        await foreach (var error in Get<ImportErrorStore>().ReadAsync(id))
            errors.Add(error);
        return errors;
    }

    public ValueTask DisposeAsync() => host.DisposeAsync();
}
