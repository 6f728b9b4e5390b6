using EmbeddedMongo.Tests.Authentication;

namespace EmbeddedMongo.Tests.Clients;

/// <summary>Smoke tests with unmodified clients in other languages, on a server that requires authentication.</summary>
public sealed class OtherClientTests
{
    // Debian installs python3-pymongo for the system's interpreter, which may not be the first on the path.
    private static readonly string Python = File.Exists("/usr/bin/python3") ? "/usr/bin/python3" : "python3";

    [Fact]
    public async Task PyMongo_passes_its_smoke_test()
    {
        await ExternalProgram.RequireAsync(Python, "-c", "import pymongo, gridfs");
        await using var server = await EmbeddedMongoServer.StartAsync(AuthenticatedServer.Options);
        var script = Path.Combine(ExternalProgram.GetFolder("pymongo"), "smoke.py");
        var (code, output) = await ExternalProgram.TryRunAsync(Path.GetTempPath(), Python, script, server.ConnectionString);
        Assert.True(code == 0, output);
    }

    [Fact]
    public async Task Mongoose_passes_its_smoke_test()
    {
        await ExternalProgram.RequireAsync("node", "--version");
        await ExternalProgram.RequireAsync("npm", "--version");
        var folder = Directory.CreateTempSubdirectory("embedded-mongo-mongoose-").FullName;
        try
        {
            foreach (var file in Directory.GetFiles(ExternalProgram.GetFolder("mongoose")))
                File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));

            var (installed, log) = await ExternalProgram.TryRunAsync(
                folder,
                "npm",
                "install",
                "--no-audit",
                "--no-fund",
                "--no-package-lock",
                "--prefer-offline"
            );
            Assert.SkipWhen(installed != 0 && !ExternalProgram.IsEverythingRequired, $"npm could not install mongoose: {log}");
            Assert.True(installed == 0, log);

            await using var server = await EmbeddedMongoServer.StartAsync(AuthenticatedServer.Options);
            var (code, output) = await ExternalProgram.TryRunAsync(folder, "node", "smoke.mjs", server.ConnectionString);
            Assert.True(code == 0, output);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
