using System.Globalization;
using MongoDB.Driver;
using MovieLms.AppHost.Backing;

namespace MovieLms.AppHost.Commands;

/// <summary>A command that backs up the embedded database.</summary>
internal static class BackupCommand
{
    internal static void AddBackupCommand(this IDistributedApplicationBuilder builder, AppHostOptions options, BackingServices backing)
    {
        // The database resource has no process, so the command belongs to its server.
        var server = builder.CreateResourceBuilder(builder.Resources.OfType<EmbeddedMongoResource>().Single());
        server.WithCommand(
            "backup",
            "Back up the data",
            "Writes every collection in the format of mongodump, for use with mongorestore.",
            "SaveArrowRight",
            [],
            async context =>
            {
                var folder = Path.Combine(
                    options.DataDirectory,
                    "backups",
                    TimeProvider.System.GetUtcNow().ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture)
                );
                var url = MongoUrl.Create(await backing.MongoDb.Resource.GetConnectionStringAsync(context.CancellationToken));
                using var client = new MongoClient(url);
                var documents = await DatabaseBackup.WriteAsync(client.GetDatabase(url.DatabaseName), folder, context.CancellationToken);
                return CommandResults.Success(string.Create(CultureInfo.InvariantCulture, $"{documents:N0} documents saved in {folder}."));
            }
        );
    }
}
